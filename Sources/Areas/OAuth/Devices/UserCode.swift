/// The code that a person carries from a device to a browser (RFC 8628 §6.1): consonants only, so that no two are read
/// alike and no words come about. 20⁸ are 34 bits; the rest is done by ``DeviceGuesses``.
package enum UserCode {
    private static let alphabet = Array("BCDFGHJKLMNPQRSTVWXZ".utf8)
    private static let count = 8

    /// A fresh one, as it is stored: without the hyphen.
    static func make() -> String {
        var generator = SystemRandomNumberGenerator()
        return String(decoding: (0..<count).map { _ in alphabet.randomElement(using: &generator) ?? 66 }, as: UTF8.self)
    }

    /// What somebody has typed, as it is stored: case, blanks and hyphens do not matter. nil when it cannot be one.
    static func normalized(_ text: String) -> String? {
        // Longer is not typed by anybody.
        guard text.utf8.count <= 64 else { return nil }
        let plain = text.uppercased().filter { !$0.isWhitespace && $0 != "-" }
        return plain.utf8.count == count && plain.utf8.allSatisfy(alphabet.contains) ? plain : nil
    }

    /// `BCDF-GHJK`
    static func shown(_ code: String) -> String { "\(code.prefix(count / 2))-\(code.dropFirst(count / 2))" }
}
