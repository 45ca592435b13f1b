/// Writes a tar archive (POSIX ustar) into memory: what the engine's archive and import calls take.
///
/// Reproducible: time stamps are 0 and owners are numbers, so equal input gives equal bytes. Entries keep the order in
/// which they were added; a folder must come before what is in it.
package struct TarWriter: Sendable {
    private var bytes: [UInt8] = []

    package init() {}

    /// Adds a regular file. `path` is relative, at most 100 bytes, or 255 with a slash in a suitable place;
    /// `contents` less than 8 GiB. Throws `.invalid` when ustar cannot express it.
    package mutating func file(
        _ path: String, _ contents: [UInt8], mode: UInt32 = 0o644, user: UInt32 = 0, group: UInt32 = 0
    ) throws(Fault) {
        try header(path, kind: UInt8(ascii: "0"), size: contents.count, mode: mode, user: user, group: group)
        bytes.append(contentsOf: contents)
        pad()
    }

    /// Adds a regular file of text.
    package mutating func file(_ path: String, text: String, mode: UInt32 = 0o644) throws(Fault) {
        try file(path, Array(text.utf8), mode: mode)
    }

    /// Adds a folder.
    package mutating func directory(
        _ path: String, mode: UInt32 = 0o755, user: UInt32 = 0, group: UInt32 = 0
    ) throws(Fault) {
        let path = path.hasSuffix("/") ? path : path + "/"
        try header(path, kind: UInt8(ascii: "5"), size: 0, mode: mode, user: user, group: group)
    }

    /// Adds a symbolic link that points to `target` (at most 100 bytes).
    package mutating func symlink(_ path: String, to target: String) throws(Fault) {
        try header(path, kind: UInt8(ascii: "2"), size: 0, mode: 0o777, user: 0, group: 0, target: target)
    }

    /// The whole archive with its end mark. The writer can go on afterwards.
    package func archive() -> [UInt8] { bytes + [UInt8](repeating: 0, count: 2 * Tar.blockBytes) }

    private mutating func pad() {
        let rest = bytes.count % Tar.blockBytes
        if rest > 0 { bytes.append(contentsOf: repeatElement(0, count: Tar.blockBytes - rest)) }
    }

    private mutating func header(
        _ path: String, kind: UInt8, size: Int, mode: UInt32, user: UInt32, group: UInt32, target: String = ""
    ) throws(Fault) {
        let (prefix, name) = try Self.split(path)
        guard target.utf8.count <= Tar.nameBytesMax else {
            throw Fault(.invalid, "The link target \(target) is too long for a tar archive. Use at most 100 bytes.")
        }
        guard size < 1 << 33, mode <= 0o7777, user < 1 << 21, group < 1 << 21 else {
            throw Fault(.invalid, "\(path) is too large, or its mode or owner is out of range, for a tar archive.")
        }
        var block = [UInt8](repeating: 0, count: Tar.blockBytes)
        func put(_ text: some Sequence<UInt8>, _ start: Int) {
            for (offset, byte) in text.enumerated() { block[start + offset] = byte }
        }
        /// Octal digits, right-aligned in `width - 1` places, NUL after them.
        func put(octal value: Int, _ start: Int, width: Int) {
            let digits = String(value, radix: 8).utf8
            put(repeatElement(48, count: width - 1 - digits.count), start)
            put(digits, start + width - 1 - digits.count)
        }
        put(name.utf8, 0)
        put(octal: Int(mode), 100, width: 8)
        put(octal: Int(user), 108, width: 8)
        put(octal: Int(group), 116, width: 8)
        put(octal: size, 124, width: 12)
        put(octal: 0, 136, width: 12)
        block[156] = kind
        put(target.utf8, 157)
        put("ustar\u{0}00".utf8, 257)
        put(prefix.utf8, 345)
        put(octal: Tar.checksum(of: block[...]), 148, width: 7)
        block[155] = 0x20
        bytes.append(contentsOf: block)
    }

    /// ustar keeps 100 bytes of name and, before an implied slash, 155 bytes of prefix.
    private static func split(_ path: String) throws(Fault) -> (prefix: String, name: String) {
        let utf8 = Array(path.utf8)
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard !utf8.isEmpty, utf8[0] != UInt8(ascii: "/"), !utf8.contains(0), !parts.contains("..") else {
            throw Fault(.invalid, "\(path) cannot be in a tar archive. Use a relative path without \"..\".")
        }
        if utf8.count <= Tar.nameBytesMax { return ("", path) }
        let earliest = utf8.count - Tar.nameBytesMax - 1
        for index in max(earliest, 1)..<utf8.count - 1 where utf8[index] == UInt8(ascii: "/") {
            guard index <= Tar.prefixBytesMax else { break }
            return (
                String(decoding: utf8[..<index], as: UTF8.self), String(decoding: utf8[(index + 1)...], as: UTF8.self)
            )
        }
        throw Fault(.invalid, "The path \(path) is too long for a tar archive. Use a shorter one.")
    }
}

/// Numbers of the tar format (POSIX.1-1988 ustar).
enum Tar {
    static let blockBytes = 512
    static let nameBytesMax = 100
    static let prefixBytesMax = 155

    /// The sum of a header's bytes with the checksum field taken as spaces.
    static func checksum(of block: ArraySlice<UInt8>) -> Int {
        var sum = 0
        for (offset, byte) in block.enumerated() { sum += (148..<156).contains(offset) ? 32 : Int(byte) }
        return sum
    }
}
