import CLibPQ

#if canImport(Glibc)
    import Glibc
#endif

/// How we connect and what we demand of a session.
struct PostgresSettings: Sendable {
    /// `postgres://…` or `key=value …`, as libpq understands it, with everything about TLS.
    let address: String
    let statementTimeoutMilliseconds: Int64
    let lockTimeoutMilliseconds: Int64

    /// Seconds in which a connection must stand. The URL may say another number.
    private static let connectTimeoutSeconds = "5"

    var sessionStatements: String {
        """
        SET statement_timeout = \(statementTimeoutMilliseconds); SET lock_timeout = \(lockTimeoutMilliseconds);
        SET idle_in_transaction_session_timeout = 60000; SET TIME ZONE 'UTC'; SET client_min_messages = warning
        """
    }

    /// A connection in whatever state; nil when there is no memory.
    func connect() -> OpaquePointer? {
        // Of a keyword that comes twice the last one counts, so the address overrides what is before it. A peer that
        // is gone is noticed after 30 + 3 × 10 s of silence, or after 20 s when something was sent.
        let settings = [
            ("connect_timeout", Self.connectTimeoutSeconds), ("application_name", "berth"), ("keepalives_idle", "30"),
            ("keepalives_interval", "10"), ("keepalives_count", "3"), ("tcp_user_timeout", "20000"),
            ("dbname", address), ("client_encoding", "UTF8"),
        ]
        let keys = CStrings(settings.map(\.0))
        let values = CStrings(settings.map(\.1))
        return PQconnectdbParams(keys.pointers, values.pointers, 1)
    }
}

/// A null-terminated list of C strings that lives as long as this object.
private final class CStrings {
    let pointers: UnsafeMutablePointer<UnsafePointer<CChar>?>
    private let count: Int

    init(_ texts: [String]) {
        count = texts.count
        pointers = .allocate(capacity: count + 1)
        for (index, text) in texts.enumerated() { pointers[index] = UnsafePointer(strdup(text)) }
        pointers[count] = nil
    }

    deinit {
        for index in 0..<count { free(UnsafeMutablePointer(mutating: pointers[index])) }
        pointers.deallocate()
    }
}
