import Basics
import ServiceLifecycle
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A loop that runs until it is cancelled, as a service: a graceful stop cancels it and waits for it to give back what
/// it holds.
struct Background: Service, CustomStringConvertible {
    let description: String
    private let body: @Sendable () async -> Void

    init(_ name: String, _ body: @escaping @Sendable () async -> Void) {
        description = name
        self.body = body
    }

    func run() async throws {
        await cancelWhenGracefulShutdown { await body() }
    }
}

/// Set when a stop was asked for, so that a load balancer in front is told in time.
final class StopFlag: Sendable {
    private let value = Mutex(false)

    var isSet: Bool { value.withLock { $0 } }

    func set() { value.withLock { $0 = true } }
}

/// Sets the flag as soon as the stop begins.
struct StopNotice: Service {
    let flag: StopFlag

    func run() async throws {
        try await gracefulShutdown()
        flag.set()
    }
}

/// What the operating system says of this process.
enum ProcessFacts {
    static var processID: Int32 { getpid() }

    static func environment(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

    static var hostName: String {
        var buffer = [CChar](repeating: 0, count: 256)
        guard gethostname(&buffer, buffer.count - 1) == 0 else { return "unknown" }
        return String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}

/// Raw bytes to standard error, for what formats its own lines.
enum StandardError {
    @Sendable static func write(_ bytes: [UInt8]) {
        // A full or closed standard error must not stop the server.
        bytes.withUnsafeBytes { buffer in
            _ = Glibc.write(STDERR_FILENO, buffer.baseAddress, buffer.count)
        }
    }
}
