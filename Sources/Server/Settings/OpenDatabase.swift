import Basics
import FoundationEssentials
package import Identity
import PostgresDriver
package import SQL
import SQLiteDriver

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Opens what the settings name.
package enum OpenDatabase {
    /// The database. Nothing is migrated.
    /// - Parameters:
    ///   - forServing: on SQLite, be the only server on the file; throws a ``Fault`` when there is one already.
    ///   - onFatal: called when nobody knows any more what was stored; the process should end.
    package static func open(
        _ settings: Settings, forServing: Bool = false, onFatal: @escaping @Sendable (String) -> Void = { _ in }
    ) async throws -> any Database {
        switch settings.database {
        case .sqlite(let path):
            try Folder.make(for: path)
            try Permission.require(path)
            return try SQLiteDatabase(path: path, lock: forServing ? .exclusive : .shared, onFatal: onFatal)
        case .postgres(let url):
            return PostgresDatabase(address: url.reveal())
        }
    }
}

/// Opens the keys that secrets at rest are sealed with.
package enum OpenVault {
    /// The vault of the settings' key file; makes the file when there is none.
    package static func open(_ settings: Settings) throws -> Vault {
        try Folder.make(for: settings.secretKeyFile)
        return try KeyFile.vault(at: settings.secretKeyFile)
    }
}

private enum Folder {
    /// Makes the folder of a file, readable by its owner only, unless it is there.
    static func make(for path: String) throws {
        guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return }
        let folder = String(path[..<slash])
        if FileManager.default.fileExists(atPath: folder) { return }
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw Fault(.unavailable, "The folder \(folder) cannot be made. Make it, or choose another.", cause: error)
        }
    }
}

private enum Permission {
    /// Throws `.forbidden` when the file is another user's. SQLite would only say that it cannot be opened.
    static func require(_ path: String) throws {
        guard access(path, R_OK | W_OK) != 0, errno == EACCES || errno == EPERM else { return }
        throw Fault(
            .forbidden,
            "This user may not read and write \(path). Run the command as the user that berth serve runs as.")
    }
}
