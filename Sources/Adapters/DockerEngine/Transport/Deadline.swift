/// Thrown by ``within(_:_:)``.
struct DeadlineReached: Error {}

/// Runs `body`; cancels it and throws ``DeadlineReached`` when it takes longer than `seconds`.
func within<T: Sendable>(
    _ seconds: Int64, _ body: @escaping @Sendable () async throws -> T
) async throws -> T {
    try await withThrowingTaskGroup(of: T?.self) { group in
        defer { group.cancelAll() }
        group.addTask { try await body() }
        group.addTask {
            try await Task.sleep(for: .seconds(seconds))
            return nil
        }
        guard let first = try await group.next(), let value = first else { throw DeadlineReached() }
        return value
    }
}
