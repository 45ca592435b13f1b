import Basics
import SQL
import Synchronization

extension RunSession {
    func child(
        _ name: String, _ new: NewOperation, undo: (@Sendable (Int64) async throws -> Void)?
    ) async throws -> Int64 {
        let clock = clock
        let (parent, mine) = (claim.id, new.under(claim.id))
        let id = try await record(name, undo: nil as (@Sendable (any Transaction, Int64) throws -> Void)?) { tx in
            try Operations.enqueue(mine, in: tx, now: clock.now())
        }
        let entry = UndoEntry(
            step: name,
            action: .effect { [self] text in
                guard let text else { return }
                let child = try JSONText.decode(Int64.self, text)
                try await endChild(child, of: parent)
                try await undo?(child)
            })
        state.withLock { $0.undos.append(entry) }
        return id
    }

    /// Asks a child to stop; throws ``ChildLives`` until it has.
    private func endChild(_ child: Int64, of parent: Int64) async throws {
        let lives = try await fenced { [clock] tx in
            try Operations.requestCancel(id: child, in: tx, now: clock.now())
            return try tx.int(
                "SELECT 1 FROM operations WHERE id = \(child) AND state IN ('pending', 'running', 'undoing')") != nil
        }
        if lives { throw ChildLives() }
    }

    func waitForChildren(_ name: String, allMustComplete: Bool) async throws -> [ChildEnding] {
        let endings: [ChildEnding] = try await record(name, undo: nil) { [claim] tx in
            let children = try tx.rows(
                "SELECT id, kind, state, error FROM operations WHERE parent_id = \(claim.id) ORDER BY id"
            ) { row in
                ChildEnding(
                    id: row.int(0), kind: row.text(1), state: OperationState(rawValue: row.text(2)) ?? .pending,
                    error: row.textOrNil(3))
            }
            guard children.allSatisfy(\.state.isTerminal) else { throw ChildLives() }
            return children
        }
        if allMustComplete, let bad = endings.first(where: { $0.state != .completed }) {
            throw Fault(.conflict, bad.error ?? "A part of the operation was \(bad.state.rawValue).")
        }
        return endings
    }
}

extension NewOperation {
    /// The same as a child of operation `parent`.
    func under(_ parent: Int64) -> NewOperation {
        NewOperation(
            kind, input: input, subjects: subjects, locks: locks, userID: userID, requestID: requestID,
            parentID: parent, runAfter: runAfter)
    }
}
