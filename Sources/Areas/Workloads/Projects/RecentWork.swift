import SQL

/// What was and is being done to something, as far as its condition depends on it.
struct RecentWork: Sendable, Hashable {
    /// An operation about it has not ended.
    var isActive = false
    /// The newest operation about it failed.
    var lastFailed = false
    /// The newest order about it failed.
    var lastOrderFailed = false

    /// By subject id. Subjects without operations are missing.
    static func load(
        _ noun: String, _ ids: [Int64], on connection: any Connection
    ) throws -> [Int64: RecentWork] {
        var work: [Int64: RecentWork] = [:]
        try connection.each(
            """
            SELECT s.subject_id, o.kind, o.state
            FROM operation_subjects s JOIN operations o ON o.id = s.operation_id
            WHERE s.noun = \(noun) AND s.subject_id IN (\(list: ids))
            ORDER BY s.subject_id, s.operation_id
            """
        ) {
            var known = work[$0.int(0)] ?? RecentWork()
            known.add(kind: $0.text(1), state: $0.text(2))
            work[$0.int(0)] = known
        }
        return work
    }

    /// Takes the next newer operation into account.
    mutating func add(kind: String, state: String) {
        switch state {
        case "pending", "running", "undoing":
            isActive = true
            return
        case "cancelled": return
        default: break
        }
        lastFailed = state == "failed"
        if kind == "order.provision" { lastOrderFailed = state == "failed" }
    }
}
