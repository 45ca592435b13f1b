import HTTPTypes

extension HTTPFields {
    /// What the subscript gives, for the fields that every request is asked for: the subscript joins all values of a
    /// name, in generic code that took a fortieth of a request.
    func value(of name: HTTPField.Name) -> String? {
        var found: String?
        for field in self where field.name == name {
            // Sent more than once (RFC 9110 §5.3).
            if found != nil { return self[name] }
            found = field.value
        }
        return found
    }
}
