import Basics

/// An e-mail address as accounts are found by: without blanks around it, lower case.
package enum EmailAddress {
    /// What is said of anything else.
    package static let problem = "E-mail must look like name@example.com, at most \(AccountLimits.emailBytesMax) bytes."

    /// The address in `text`; nil when it does not look like one: one `@` with something printable without spaces on
    /// both sides. Whether mail arrives there, only mail can tell.
    package static func parse(_ text: String) -> String? {
        let address = FieldReader.trimmed(text).lowercased()
        let parts = address.split(separator: "@", omittingEmptySubsequences: false)
        let isOne =
            parts.count == 2 && parts.allSatisfy { !$0.isEmpty } && address.utf8.count <= AccountLimits.emailBytesMax
            && address.unicodeScalars.allSatisfy { $0.value > 32 && $0.value != 127 && !$0.properties.isWhitespace }
        return isOne ? address : nil
    }
}
