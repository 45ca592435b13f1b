import Basics
import FoundationEssentials

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The file with the vault's keys: one base64 key per line, the sealing one first, `#` for comments.
///
/// To rotate, put a new line on top, restart, re-seal, and remove the old line.
package enum KeyFile {
    /// Larger than any sane number of keys.
    private static let bytesMax = 65_536

    /// The vault of the keys in `path`; makes the file (mode 0600) with one fresh key when there is none.
    package static func vault(at path: String) throws -> Vault {
        if access(path, F_OK) != 0 { try create(path) }
        return try vault(from: read(path), path: path)
    }

    /// Parses the text of a key file.
    static func vault(from text: String, path: String) throws -> Vault {
        var keys: [Vault.Key] = []
        for line in text.split(whereSeparator: \.isNewline) {
            let word = line.filter { !$0.isWhitespace }
            if word.isEmpty || word.hasPrefix("#") { continue }
            guard let data = Data(base64Encoded: word), let key = Vault.Key(bytes: Array(data)) else {
                throw Fault(.invalid, "The key file \(path) has a line that is not 32 bytes in base64.")
            }
            keys.append(key)
        }
        guard let current = keys.first else {
            throw Fault(.invalid, "The key file \(path) holds no key. Restore it from your backup.")
        }
        return Vault(current: current, older: Array(keys.dropFirst()))
    }

    /// Another process may make the file at the same time, so it is written under its own name and then linked:
    /// whoever comes second uses the first one's file.
    private static func create(_ path: String) throws {
        var generator = SystemRandomNumberGenerator()
        let key = Data((0..<Vault.keyBytes).map { _ in UInt8.random(in: .min ... .max, using: &generator) })
        let text =
            "# Keys of the Berth vault. Keep a copy: without them stored secrets are lost.\n"
            + key.base64EncodedString() + "\n"
        let draft = "\(path).\(Random.token(8))"
        let file = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw problem("could not be created", path) }
        defer { unlink(draft) }
        let bytes = Array(text.utf8)
        let written = write(file, bytes, bytes.count)
        let synced = fsync(file)
        close(file)
        guard written == bytes.count, synced == 0 else { throw problem("could not be written", path) }
        guard link(draft, path) == 0 || errno == EEXIST else { throw problem("could not be created", path) }
    }

    private static func read(_ path: String) throws -> String {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw problem("could not be read", path) }
        defer { close(file) }
        var status = stat()
        if fstat(file, &status) == 0, status.st_mode & 0o077 != 0 {
            throw Fault(.invalid, "The key file \(path) can be read by others. Run: chmod 600 \(path)")
        }
        var bytes = [UInt8](repeating: 0, count: bytesMax)
        let count = Glibc.read(file, &bytes, bytesMax)
        guard count >= 0 else { throw problem("could not be read", path) }
        return String(decoding: bytes.prefix(count), as: UTF8.self)
    }

    private static func problem(_ what: String, _ path: String) -> Fault {
        let isForbidden = errno == EACCES || errno == EPERM
        return Fault(
            isForbidden ? .forbidden : .unavailable,
            "The key file \(path) \(what): \(String(cString: strerror(errno))).")
    }
}
