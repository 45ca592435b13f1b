import Basics

/// A host name that a customer brings along: lower case, at least two labels, letters, digits and hyphens
/// (RFC 1123 §2.1).
package struct DomainName: Sendable, Hashable {
    /// Why a text is no domain name.
    package struct Problem: Error, Sendable, Hashable {
        /// Continues "The domain x …", without a full stop.
        package let what: String
    }

    package let text: String

    package init(_ text: String) throws(Problem) {
        var name = text.lowercased()
        if name.hasSuffix(".") { name.removeLast() }
        guard name.utf8.allSatisfy({ $0 < 128 }) else {
            throw Problem(what: "has letters that DNS does not know; write it in its ASCII form (xn--…)")
        }
        guard name.utf8.count <= OrderLimits.domainLengthMax else {
            throw Problem(what: "is longer than \(OrderLimits.domainLengthMax) characters")
        }
        let labels = name.split(separator: ".", omittingEmptySubsequences: false)
        guard labels.count >= 2 else { throw Problem(what: "must have at least two parts, such as www.example.com") }
        for label in labels {
            guard DomainName.isLabel(label) else {
                throw Problem(
                    what: "is not a host name: between the dots there must be 1 to 63 letters, digits and hyphens, "
                        + "no hyphen at either end")
            }
        }
        guard let last = labels.last, last.utf8.contains(where: { (97...122).contains($0) }) else {
            throw Problem(what: "must end in a top-level domain, not in a number")
        }
        self.text = name
    }

    /// Whether the name is `parent` or below it.
    package func isInside(_ parent: String) -> Bool { text == parent || text.hasSuffix(".\(parent)") }

    private static func isLabel(_ label: Substring) -> Bool {
        (1...63).contains(label.utf8.count) && label.first != "-" && label.last != "-"
            && label.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == UInt8(ascii: "-") }
    }
}
