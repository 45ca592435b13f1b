package import Basics
package import SQL

/// What others do with operations: start them, ask for their end, look at them. Running them is ``Worker``'s part.
package enum Operations {
    /// ``Operation`` by a name that Foundation does not also have.
    package typealias Record = Operation

    /// Stores an operation in the caller's transaction and wakes the workers after its commit. Answers its id.
    @discardableResult
    package static func enqueue(_ new: NewOperation, in tx: any Transaction, now: Moment) throws -> Int64 {
        let input = try JSONText.encode(new.input)
        try LockQueue.enter(new.locks, in: tx)
        let id = try tx.first(
            """
            INSERT INTO operations
                (kind, state, parent_id, user_id, request_id, input, run_after, created_at, updated_at)
            VALUES (\(new.kind.name), 'pending', \(new.parentID), \(new.userID), \(new.requestID), \(input),
                \(new.runAfter ?? now), \(now), \(now))
            RETURNING id
            """
        ) { $0.int(0) }
        guard let id else { throw Fault(.bug, "The operation could not be stored.") }
        try LockQueue.take(new.locks, for: id, childOf: new.parentID, in: tx)
        for subject in Set(new.subjects).sorted() {
            try tx.run(
                """
                INSERT INTO operation_subjects (operation_id, noun, subject_id)
                VALUES (\(id), \(subject.noun), \(subject.id))
                """)
            try SubjectWork.began(subject, in: tx)
        }
        if let notice = new.notice {
            try Outbox.enqueue(
                OperationNotice.kind, OperationNotice(operationID: id, notice: notice), in: tx, now: now,
                runAfter: OperationNotice.never, afterOperation: id)
        }
        try tx.wake(.operations)
        return id
    }

    /// Asks all live operations about `subject` to stop. They unwind at their next `checkCancelled`, before the
    /// next try of a step that failed for now, or before their start. Answers how many were asked.
    @discardableResult
    package static func requestCancel(
        of subject: OperationSubject, except: Int64? = nil, in tx: any Transaction, now: Moment
    ) throws -> Int {
        try requestCancel(
            """
            id IN (SELECT operation_id FROM operation_subjects
                   WHERE noun = \(subject.noun) AND subject_id = \(subject.id))
            """, except: except, in: tx, now: now)
    }

    /// Asks all live operations that hold or wait for `lock` to stop. Answers how many were asked.
    @discardableResult
    package static func requestCancel(
        lock: String, except: Int64? = nil, in tx: any Transaction, now: Moment
    ) throws -> Int {
        try requestCancel(
            "id IN (SELECT operation_id FROM resource_locks WHERE resource = \(lock))", except: except, in: tx,
            now: now)
    }

    /// Asks one operation to stop. Answers false when it has ended already.
    @discardableResult
    package static func requestCancel(id: Int64, in tx: any Transaction, now: Moment) throws -> Bool {
        try requestCancel("id = \(id)", except: nil, in: tx, now: now) > 0
    }

    static func requestCancel(childrenOf parent: Int64, in tx: any Transaction, now: Moment) throws {
        _ = try requestCancel("parent_id = \(parent)", except: nil, in: tx, now: now)
    }

    /// Whether anything is still to be done about `subject`. Restricted to some kinds when `kinds` is given.
    package static func hasActive(
        _ subject: OperationSubject, kinds: [WorkflowKind]? = nil, in connection: any Connection
    ) throws -> Bool {
        let ofKind: SQL = kinds.map { "AND o.kind IN (\(list: $0.map(\.name)))" } ?? ""
        return try connection.int(
            """
            SELECT 1 FROM operation_subjects s JOIN operations o ON o.id = s.operation_id
            WHERE s.noun = \(subject.noun) AND s.subject_id = \(subject.id)
              AND o.state IN ('pending', 'running', 'undoing') \(ofKind) LIMIT 1
            """) != nil
    }

    /// Whether any live operation holds or waits for `lock`.
    package static func hasActive(lock: String, in connection: any Connection) throws -> Bool {
        try connection.int("SELECT 1 FROM resource_locks WHERE resource = \(lock) LIMIT 1") != nil
    }

    /// Whether nothing will happen in an operation any more; true as well when there is none.
    package static func hasEnded(_ id: Int64, in connection: any Connection) throws -> Bool {
        try connection.int(
            "SELECT 1 FROM operations WHERE id = \(id) AND state IN ('pending', 'running', 'undoing')") == nil
    }

    /// One operation with its steps; nil when there is none.
    package static func fetch(_ id: Int64, in connection: any Connection) throws -> Operation? {
        try operations("id = \(id)", limit: 1, in: connection).first
    }

    /// The operations about `subject`, newest first, without regard to who may see them.
    package static func list(
        about subject: OperationSubject, limit: Int, in connection: any Connection
    ) throws -> [Operation] {
        try operations(
            """
            id IN (SELECT operation_id FROM operation_subjects
                   WHERE noun = \(subject.noun) AND subject_id = \(subject.id))
            """, limit: limit, in: connection)
    }

    /// The operations that a person has to look at, newest first.
    package static func attention(limit: Int = 100, in connection: any Connection) throws -> [Operation] {
        try recent(needingAttention: true, limit: limit, in: connection)
    }

    /// Operations in one of `states` (nil: whatever their state), newest first.
    package static func recent(
        states: [OperationState]? = nil, needingAttention: Bool = false, limit: Int, in connection: any Connection
    ) throws -> [Operation] {
        let ofState: SQL = states.map { "state IN (\(list: $0.map(\.rawValue)))" } ?? "1 = 1"
        let noted: SQL = needingAttention ? "attention IS NOT NULL" : "1 = 1"
        return try operations("\(ofState) AND \(noted)", limit: limit, in: connection)
    }

    /// Number of operations by state, for metrics.
    package static func counts(in connection: any Connection) throws -> [OperationState: Int] {
        let rows = try connection.rows("SELECT state, COUNT(*) FROM operations GROUP BY state") {
            (OperationState(rawValue: $0.text(0)), Int($0.int(1)))
        }
        return rows.reduce(into: [:]) { counts, row in row.0.map { counts[$0] = row.1 } }
    }

    /// Takes all operations, timers and messages away from whoever worked on them. Right only when nobody can be
    /// working any more: at the start of the one process that may use a SQLite file.
    package static func releaseAll(in tx: any Transaction) throws {
        try tx.run("UPDATE operations SET lease_until = 0 WHERE lease_until IS NOT NULL")
        try tx.run("UPDATE timers SET lease_until = 0 WHERE lease_until IS NOT NULL")
        try tx.run("UPDATE outbox SET lease_until = 0 WHERE lease_until IS NOT NULL")
    }

    private static func requestCancel(
        _ condition: SQL, except: Int64?, in tx: any Transaction, now: Moment
    ) throws -> Int {
        let count = try tx.run(
            """
            UPDATE operations
            SET cancel_requested = 1, updated_at = \(now),
                run_after = CASE WHEN run_after > \(now) THEN CAST(\(now) AS BIGINT) ELSE run_after END
            WHERE state IN ('pending', 'running') AND id <> \(except ?? 0) AND \(condition)
            """)
        if count > 0 { try tx.wake(.operations) }
        return count
    }

    private static func operations(
        _ condition: SQL, limit: Int, in connection: any Connection
    ) throws -> [Operation] {
        let newest: SQL = "SELECT id FROM operations WHERE \(condition) ORDER BY id DESC LIMIT \(limit)"
        var steps: [Int64: [OperationStep]] = [:]
        try connection.each(
            """
            SELECT operation_id, name, state, attempt, error, started_at, finished_at FROM operation_steps
            WHERE operation_id IN (\(newest)) ORDER BY operation_id, position, started_at
            """
        ) { row in
            steps[row.int(0), default: []].append(
                OperationStep(
                    name: row.text(1), state: OperationStep.State(rawValue: row.text(2)) ?? .started,
                    attempt: Int(row.int(3)), error: row.textOrNil(4), startedAt: row.moment(5),
                    finishedAt: row.momentOrNil(6)))
        }
        markUndone(&steps)
        return try connection.rows(
            """
            SELECT id, kind, state, parent_id, user_id, request_id, error, attention, cancel_requested,
                created_at, updated_at, finished_at
            FROM operations WHERE id IN (\(newest)) ORDER BY id DESC
            """
        ) { row in
            Operation(
                id: row.int(0), kind: row.text(1), state: OperationState(rawValue: row.text(2)) ?? .pending,
                parentID: row.intOrNil(3), userID: row.intOrNil(4), requestID: row.text(5), error: row.textOrNil(6),
                attention: row.textOrNil(7), cancelRequested: row.bool(8), createdAt: row.moment(9),
                updatedAt: row.moment(10), finishedAt: row.momentOrNil(11), steps: steps[row.int(0)] ?? [])
        }
    }

    /// A step is undone when the record of its undoing is done.
    private static func markUndone(_ steps: inout [Int64: [OperationStep]]) {
        for (id, list) in steps {
            let undone = Set(list.filter { $0.state == .done && $0.name.hasPrefix(UndoEntry.prefix) }.map(\.name))
            guard !undone.isEmpty else { continue }
            steps[id] = list.map { undone.contains(UndoEntry.prefix + $0.name) ? $0.undone : $0 }
        }
    }
}
