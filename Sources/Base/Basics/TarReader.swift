/// One entry of a tar archive.
package struct TarEntry: Sendable, Hashable {
    /// What an entry is.
    package enum Kind: Sendable, Hashable {
        case file
        case directory
        case symlink(target: String)
        /// A hard link, device, pipe: nothing Berth unpacks.
        case other
    }

    /// As written in the archive; a folder's may end with a slash. Not checked: it may be absolute or contain `..`.
    package let path: String
    package let kind: Kind
    /// Permission bits only; Go also writes the kind of file there.
    package let mode: UInt32
    package let contents: [UInt8]

    package init(path: String, kind: Kind, mode: UInt32, contents: [UInt8]) {
        self.path = path
        self.kind = kind
        self.mode = mode
        self.contents = contents
    }
}

/// Reads a tar archive from memory, as the engine answers it: ustar with GNU or PAX long names.
package enum TarReader {
    /// All entries in their order. Throws `.invalid` for bytes that are no complete tar archive.
    package static func entries(_ archive: [UInt8]) throws(Fault) -> [TarEntry] {
        var entries: [TarEntry] = []
        var names = LongNames()
        var position = 0
        while position + Tar.blockBytes <= archive.count {
            let block = archive[position..<position + Tar.blockBytes]
            if block.allSatisfy({ $0 == 0 }) { return entries }
            guard let sum = octal(block, 148, 8), sum == Tar.checksum(of: block), let size = octal(block, 124, 12),
                let mode = octal(block, 100, 8)
            else { throw damaged("a header at byte \(position) is not readable") }
            position += Tar.blockBytes
            guard size <= archive.count - position else { throw damaged("it ends early") }
            let contents = Array(archive[position..<position + size])
            position = min(position + (size + Tar.blockBytes - 1) / Tar.blockBytes * Tar.blockBytes, archive.count)
            let kind = block[block.startIndex + 156]
            if names.take(kind, contents) { continue }
            let prefix = text(block, 345, 155)
            let short = prefix.isEmpty ? text(block, 0, 100) : prefix + "/" + text(block, 0, 100)
            let target = names.target ?? text(block, 157, 100)
            entries.append(
                TarEntry(
                    path: names.path ?? short, kind: meaning(of: kind, target: target),
                    mode: UInt32(truncatingIfNeeded: mode & 0o7777), contents: contents))
            names = LongNames()
        }
        throw damaged("it has no end mark")
    }

    private static func meaning(of kind: UInt8, target: String) -> TarEntry.Kind {
        switch kind {
        case UInt8(ascii: "0"), 0, UInt8(ascii: "7"): .file
        case UInt8(ascii: "5"): .directory
        case UInt8(ascii: "2"): .symlink(target: target)
        default: .other
        }
    }

    private static func damaged(_ why: String) -> Fault { Fault(.invalid, "The tar archive is damaged: \(why).") }

    /// A number in octal digits, or, with the top bit set, in base 256 (GNU). nil when it is neither or too large.
    private static func octal(_ block: ArraySlice<UInt8>, _ start: Int, _ width: Int) -> Int? {
        let field = block[block.startIndex + start..<block.startIndex + start + width]
        if let first = field.first, first & 0x80 != 0 {
            var value = Int(first & 0x7F)
            for byte in field.dropFirst() {
                guard value < 1 << 48 else { return nil }
                value = value << 8 | Int(byte)
            }
            return value
        }
        var value = 0
        for byte in field.drop(while: { $0 == 0x20 }) {
            if byte == 0 || byte == 0x20 { break }
            guard byte >= 48, byte <= 55 else { return nil }
            value = value << 3 | Int(byte - 48)
        }
        return value
    }

    private static func text(_ block: ArraySlice<UInt8>, _ start: Int, _ width: Int) -> String {
        let field = block[block.startIndex + start..<block.startIndex + start + width]
        return String(decoding: field.prefix { $0 != 0 }, as: UTF8.self)
    }
}

/// Names that did not fit the header, from the pseudo entry before it.
private struct LongNames {
    var path: String?
    var target: String?

    /// Whether `kind` is such a pseudo entry; then its contents are remembered.
    mutating func take(_ kind: UInt8, _ contents: [UInt8]) -> Bool {
        switch kind {
        case UInt8(ascii: "L"): path = String(decoding: contents.prefix { $0 != 0 }, as: UTF8.self)
        case UInt8(ascii: "K"): target = String(decoding: contents.prefix { $0 != 0 }, as: UTF8.self)
        case UInt8(ascii: "x"): takePAX(contents)
        case UInt8(ascii: "g"): break
        default: return false
        }
        return true
    }

    /// Records of the form `length key=value\n`, the length counting the whole record.
    private mutating func takePAX(_ contents: [UInt8]) {
        var rest = contents[...]
        while let space = rest.firstIndex(of: 0x20),
            let length = Int(String(decoding: rest[..<space], as: UTF8.self)), length > space - rest.startIndex + 1,
            length <= rest.count
        {
            let record = rest[(space + 1)..<rest.startIndex + length - 1]
            if let equals = record.firstIndex(of: UInt8(ascii: "=")) {
                let value = String(decoding: record[(equals + 1)...], as: UTF8.self)
                switch String(decoding: record[..<equals], as: UTF8.self) {
                case "path": path = value
                case "linkpath": target = value
                default: break
                }
            }
            rest = rest.dropFirst(length)
        }
    }
}
