/// How names in catalogue files may be spelled.
enum Spelling {
    /// Docker's own default set, and two that databases ask for. None of them gives power over the machine.
    static let capabilities: Set<String> = [
        "AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "IPC_LOCK", "KILL", "NET_BIND_SERVICE", "SETFCAP",
        "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT", "SYS_NICE",
    ]

    static func isName(_ text: String) -> Bool {
        all(text, isSmall, isDigit, one("-")) && text.first != "-" && text.last != "-"
    }

    static func isRole(_ text: String) -> Bool { all(text, isSmall, isDigit, one("-"), one("_")) }

    static func isSettingName(_ text: String) -> Bool {
        all(text, isSmall, isCapital, isDigit, one("-"), one("_"))
            && text.utf8.first.map { !isDigit($0) && $0 != 45 } == true
    }

    static func isEnvironmentName(_ text: String) -> Bool {
        all(text, isSmall, isCapital, isDigit, one("_")) && text.utf8.first.map { !isDigit($0) } == true
    }

    /// The distribution specification's `<name>`.
    static func isRegistryPath(_ text: String) -> Bool {
        text.split(separator: "/", omittingEmptySubsequences: false).allSatisfy { part in
            all(String(part), isSmall, isDigit, one("."), one("_"), one("-"))
                && [part.utf8.first, part.utf8.last].allSatisfy { $0.map { isSmall($0) || isDigit($0) } == true }
        }
    }

    static func isTag(_ text: String) -> Bool {
        text.utf8.count <= 128 && all(text, isSmall, isCapital, isDigit, one("."), one("_"), one("-"))
            && text.first != "." && text.first != "-"
    }

    static func isRegistryHost(_ text: String) -> Bool {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard let host = parts.first, parts.count <= 2, all(host, isSmall, isCapital, isDigit, one("."), one("-"))
        else {
            return false
        }
        return parts.count == 1 || (all(parts[1], isDigit) && UInt16(parts[1]).map { $0 > 0 } == true)
    }

    static func isMountPath(_ text: String) -> Bool {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        return text.hasPrefix("/") && text != "/" && !parts.dropFirst().contains { ["", ".", ".."].contains($0) }
            && !text.contains(":") && !text.unicodeScalars.contains { $0.value < 32 }
    }

    private static func all(_ text: String, _ classes: ((UInt8) -> Bool)...) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { byte in classes.contains { $0(byte) } }
    }

    private static func isSmall(_ byte: UInt8) -> Bool { (97...122).contains(byte) }
    private static func isCapital(_ byte: UInt8) -> Bool { (65...90).contains(byte) }
    private static func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }
    private static func one(_ character: Unicode.Scalar) -> (UInt8) -> Bool { { $0 == UInt8(ascii: character) } }
}
