import Basics

/// An address that mail can be sent to or come from: a dot-atom, `@`, and a domain (RFC 5321 §4.1.2), with characters
/// beyond ASCII as RFC 6531 allows them.
///
/// Narrower than what accounts may have: quoted local parts and comments are refused, because they are where headers
/// and commands are broken out of, and nobody has such an address.
package struct MailAddress: Sendable, Hashable {
    /// As it stands in commands and headers.
    package let text: String
    /// What stands behind the `@`.
    package let domain: String
    /// Only servers that speak SMTPUTF8 take it.
    package let isInternational: Bool

    /// nil for what is no such address.
    package init?(_ text: String) {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, text.utf8.count <= AccountLimits.emailBytesMax, parts[0].utf8.count <= 64,
            Self.isDotted(parts[0], Self.isAtomText), Self.isDotted(parts[1], Self.isDomainText)
        else { return nil }
        self.text = text
        domain = String(parts[1])
        isInternational = !text.utf8.allSatisfy { $0 < 128 }
    }

    private static func isDotted(_ text: Substring, _ isGood: (Unicode.Scalar) -> Bool) -> Bool {
        text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy {
            !$0.isEmpty && $0.unicodeScalars.allSatisfy(isGood)
        }
    }

    /// RFC 5322 §3.2.3, and letters and digits of other scripts.
    private static func isAtomText(_ scalar: Unicode.Scalar) -> Bool {
        scalar.isASCII ? isDomainText(scalar) || "!#$%&'*+/=?^_`{|}~".unicodeScalars.contains(scalar) : isLetter(scalar)
    }

    private static func isDomainText(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9", "-": true
        default: !scalar.isASCII && isLetter(scalar)
        }
    }

    private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isAlphabetic || scalar.properties.numericType != nil
            || scalar.properties.generalCategory == .nonspacingMark
    }
}

/// Who mail comes from: `Berth <berth@example.com>`, or the address alone.
package struct MailSenderName: Sendable, Hashable {
    package let address: MailAddress
    /// Shown in place of the address; nil for none.
    package let name: String?

    package init(address: MailAddress, name: String? = nil) {
        self.address = address
        self.name = name
    }

    /// nil for what is neither.
    package init?(parsing text: String) {
        guard text.hasSuffix(">"), let open = text.lastIndex(of: "<") else {
            guard let address = MailAddress(text) else { return nil }
            self.init(address: address)
            return
        }
        guard let address = MailAddress(String(text[text.index(after: open)...].dropLast())) else { return nil }
        var name = text[..<open]
        while name.last == " " { name.removeLast() }
        if name.count > 1, name.hasPrefix("\""), name.hasSuffix("\"") { name = name.dropFirst().dropLast() }
        let isPlain = name.unicodeScalars.allSatisfy { $0.value >= 32 && $0.value != 127 && $0 != "\"" && $0 != "\\" }
        guard isPlain, !name.isEmpty, name.utf8.count <= 200 else { return nil }
        self.init(address: address, name: String(name))
    }

    /// As it is written in settings.
    package var text: String { name.map { "\($0) <\(address.text)>" } ?? address.text }
}
