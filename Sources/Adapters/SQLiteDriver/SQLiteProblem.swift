import GRDB
import GRDBSQLite
import SQL

/// What a SQLite result code means to callers.
struct SQLiteFailure: Error {
    /// Extended result code.
    let code: Int32
    let message: String

    init(code: Int32, message: String) {
        self.code = code
        self.message = message
    }

    /// The last error of `handle`.
    init(_ handle: OpaquePointer) {
        code = sqlite3_extended_errcode(handle)
        message = String(cString: sqlite3_errmsg(handle))
    }

    init(_ error: DatabaseError) {
        code = error.extendedResultCode.rawValue
        message = error.message ?? error.description
    }

    private var primary: Int32 { code & 0xFF }

    /// After such an error nobody knows what is on the disk: the kernel may have dropped dirty pages after a failed
    /// fsync and will report success next time. Shared-memory and locking errors are not of this kind.
    var isFatal: Bool {
        guard primary == SQLITE_IOERR else { return false }
        let harmless: [Int32] = [
            ioNoMemory, ioSharedOpen, ioSharedSize, ioSharedLock,
            ioSharedMap, ioLock, ioReadLock,
        ]
        return !harmless.contains(code)
    }

    func problem(_ sql: String = "") -> DatabaseProblem {
        switch code {
        case constraintUnique, constraintPrimaryKey, constraintRowID:
            return .notUnique(constraint: message.droppingPrefix("UNIQUE constraint failed: "))
        case constraintForeignKey:
            return .missingReference(detail: message)
        default:
            break
        }
        switch primary {
        case SQLITE_CONSTRAINT, SQLITE_TOOBIG:
            return .notAllowed(detail: message)
        case SQLITE_BUSY, SQLITE_LOCKED, SQLITE_FULL, SQLITE_IOERR, SQLITE_READONLY, SQLITE_CANTOPEN, SQLITE_NOMEM,
            SQLITE_INTERRUPT, SQLITE_PROTOCOL, SQLITE_CORRUPT, SQLITE_NOTADB, SQLITE_PERM, SQLITE_NOLFS:
            return .unavailable(detail: "SQLite: \(message) (\(code))")
        default:
            return .mistake(detail: sql.isEmpty ? "\(message) (\(code))" : "\(message) (\(code)) in: \(sql)")
        }
    }
}

// Extended codes are macros with shifts, which Swift does not import.
private let ioNoMemory = SQLITE_IOERR | 12 << 8
private let ioLock = SQLITE_IOERR | 15 << 8
private let ioReadLock = SQLITE_IOERR | 9 << 8
private let ioSharedOpen = SQLITE_IOERR | 18 << 8
private let ioSharedSize = SQLITE_IOERR | 19 << 8
private let ioSharedLock = SQLITE_IOERR | 20 << 8
private let ioSharedMap = SQLITE_IOERR | 21 << 8
private let constraintForeignKey = SQLITE_CONSTRAINT | 3 << 8
private let constraintPrimaryKey = SQLITE_CONSTRAINT | 6 << 8
private let constraintUnique = SQLITE_CONSTRAINT | 8 << 8
private let constraintRowID = SQLITE_CONSTRAINT | 10 << 8

extension String {
    fileprivate func droppingPrefix(_ prefix: String) -> String {
        hasPrefix(prefix) ? String(dropFirst(prefix.count)) : self
    }
}
