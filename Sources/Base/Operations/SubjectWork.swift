package import SQL

/// What is being done to a subject and how the last things ended, in one row: the transactions that begin and end
/// operations keep it, so that a list of subjects costs one look-up each, however long their histories are.
package struct SubjectWork: Sendable, Hashable {
    /// An operation about it has not ended.
    package var isActive = false
    /// The operation about it that ended last failed. Cancelled ones do not count.
    package var lastFailed = false
    /// The last one of a kind whose failure lasts (``WorkflowKind/failureLasts``) failed.
    package var lastingFailed = false

    package init() {}

    /// From the columns `live`, `failed`, `lasting_failed` of `subject_work`, the first of which is number `column`:
    /// for queries that join the table. NULL, for a subject that no operation was ever about, says nothing.
    package init(_ row: any Row, from column: Int) {
        isActive = row.int(column) > 0
        lastFailed = row.bool(column + 1)
        lastingFailed = row.bool(column + 2)
    }

    /// By subject id. Subjects that no operation was ever about are missing.
    package static func load(
        _ noun: String, _ ids: [Int64], in connection: any Connection
    ) throws -> [Int64: SubjectWork] {
        var work: [Int64: SubjectWork] = [:]
        try connection.each(
            """
            SELECT subject_id, live, failed, lasting_failed FROM subject_work
            WHERE noun = \(noun) AND subject_id IN (\(list: ids))
            """
        ) { work[$0.int(0)] = SubjectWork($0, from: 1) }
        return work
    }

    /// An operation about `subject` was stored.
    static func began(_ subject: OperationSubject, in tx: any Transaction) throws {
        try tx.run(
            """
            INSERT INTO subject_work (noun, subject_id, live) VALUES (\(subject.noun), \(subject.id), 1)
            ON CONFLICT (noun, subject_id) DO UPDATE SET live = subject_work.live + 1
            """)
    }

    /// Operation `id` has just ended for good. Once per operation: the caller's write is fenced.
    static func ended(_ id: Int64, _ kind: WorkflowKind, _ ending: OperationState, in tx: any Transaction) throws {
        let subjects = try tx.rows(
            "SELECT noun, subject_id FROM operation_subjects WHERE operation_id = \(id)"
        ) { OperationSubject($0.text(0), $0.int(1)) }
        let outcome: SQL =
            switch (ending, kind.failureLasts) {
            case (.completed, false): ", failed = 0"
            case (.completed, true): ", failed = 0, lasting_failed = 0"
            case (.failed, false): ", failed = 1"
            case (.failed, true): ", failed = 1, lasting_failed = 1"
            case (.cancelled, _), (.pending, _), (.running, _), (.undoing, _): ""
            }
        // In the order in which others take the rows; databases would sort texts each in their own way.
        for subject in subjects.sorted() {
            try tx.run(
                """
                UPDATE subject_work SET live = live - 1 \(outcome)
                WHERE noun = \(subject.noun) AND subject_id = \(subject.id)
                """)
        }
    }
}
