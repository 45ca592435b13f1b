import Basics
import Glibc
import Synchronization

/// The lock on `<database>.lock` that says "this process serves this database". The kernel lets go of it when the
/// process ends, however it ends.
final class ServerLock: Sendable {
    /// -1 when it was released.
    private let descriptor: Mutex<Int32>

    /// Throws a ``Fault`` when another process holds the lock.
    init(databasePath: String) throws {
        let path = databasePath + ".lock"
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw Fault(.unavailable, "Cannot open \(path): \(String(cString: strerror(errno))).")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let reason = errno
            close(descriptor)
            guard reason == EWOULDBLOCK else {
                throw Fault(.unavailable, "Cannot lock \(path): \(String(cString: strerror(reason))).")
            }
            throw Fault(
                .conflict,
                """
                Another `berth serve` is running on \(databasePath). Stop it first; several servers at once need \
                PostgreSQL.
                """)
        }
        self.descriptor = Mutex(descriptor)
    }

    deinit { release() }

    func release() {
        let held = descriptor.withLock { descriptor in
            defer { descriptor = -1 }
            return descriptor
        }
        if held >= 0 { close(held) }
    }
}
