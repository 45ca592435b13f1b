import Basics

/// PostgreSQL databases for tests.
enum PostgresWorld {
    static func make() async throws -> TestWorld {
        throw Fault(.unavailable, "The PostgreSQL driver is being written.")
    }
}
