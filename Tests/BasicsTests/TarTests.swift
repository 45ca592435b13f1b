import Basics
import Testing

struct TarTests {
    @Test func whatIsWrittenIsReadBack() throws {
        var tar = TarWriter()
        try tar.directory("etc", mode: 0o750)
        try tar.file("etc/empty", [])
        try tar.file("etc/block", [UInt8](repeating: 7, count: 512), mode: 0o600)
        try tar.file("bin/tool", text: "#!/bin/sh\n", mode: 0o755)
        try tar.symlink("bin/sh", to: "tool")
        let entries = try TarReader.entries(tar.archive())
        #expect(
            entries == [
                TarEntry(path: "etc/", kind: .directory, mode: 0o750, contents: []),
                TarEntry(path: "etc/empty", kind: .file, mode: 0o644, contents: []),
                TarEntry(
                    path: "etc/block", kind: .file, mode: 0o600, contents: [UInt8](repeating: 7, count: 512)),
                TarEntry(path: "bin/tool", kind: .file, mode: 0o755, contents: Array("#!/bin/sh\n".utf8)),
                TarEntry(path: "bin/sh", kind: .symlink(target: "tool"), mode: 0o777, contents: []),
            ])
    }

    @Test func equalInputGivesEqualBytes() throws {
        func one() throws -> [UInt8] {
            var tar = TarWriter()
            try tar.file("a", text: "b")
            return tar.archive()
        }
        #expect(try one() == one())
        #expect(try one().count == 4 * 512)
    }

    @Test(arguments: [99, 100, 101, 150, 200, 254, 255])
    func pathsOfUpTo255BytesSurvive(length: Int) throws {
        let folder = String(repeating: "d", count: min(length / 2, 150))
        let path = folder + "/" + String(repeating: "f", count: length - folder.count - 1)
        var tar = TarWriter()
        guard path.utf8.count <= 100 || length - folder.count - 1 <= 100 else {
            #expect(throws: Fault.self) { try tar.file(path, []) }
            return
        }
        try tar.file(path, [])
        #expect(try TarReader.entries(tar.archive()).map(\.path) == [path])
    }

    @Test(arguments: ["", "/etc/passwd", "../x", "a/../b", String(repeating: "x", count: 101)])
    func aPathUstarCannotExpressIsRefused(path: String) {
        var tar = TarWriter()
        #expect(throws: Fault.self) { try tar.file(path, []) }
    }

    @Test func aDamagedArchiveIsAFaultAtEveryCut() throws {
        var tar = TarWriter()
        try tar.file("name", text: "contents")
        let whole = tar.archive()
        for length in stride(from: 0, to: 1024, by: 13) {
            #expect(throws: Fault.self) { try TarReader.entries(Array(whole.prefix(length))) }
        }
        var flipped = whole
        flipped[3] ^= 0x20
        #expect(throws: Fault.self) { try TarReader.entries(flipped) }
    }

    @Test func longNamesOfPAXAreUnderstood() throws {
        let long = String(repeating: "p", count: 300)
        var tar = TarWriter()
        try tar.file("PaxHeaders/x", text: "310 path=\(long)\n17 comment=hello\n")
        try tar.file("short", text: "hi")
        var bytes = tar.archive()
        // Turn the first entry into a PAX header: type x, checksum adjusted.
        bytes[156] = UInt8(ascii: "x")
        var sum = 0
        for index in 0..<512 { sum += (148..<156).contains(index) ? 32 : Int(bytes[index]) }
        let digits = Array(String(sum, radix: 8).utf8)
        let field = [UInt8](repeating: 48, count: 6 - digits.count) + digits
        bytes.replaceSubrange(148..<154, with: field)
        let entries = try TarReader.entries(bytes)
        #expect(entries.map(\.path) == [long])
    }
}
