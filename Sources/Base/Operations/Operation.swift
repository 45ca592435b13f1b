package import Basics

/// Where an operation is in its life: pending → running → completed | undoing → failed | cancelled.
package enum OperationState: String, Sendable, Codable, CaseIterable {
    case pending
    case running
    /// It failed or was cancelled, and its steps are being undone.
    case undoing
    case completed
    case failed
    case cancelled

    /// Whether nothing will happen any more.
    package var isTerminal: Bool {
        switch self {
        case .pending, .running, .undoing: false
        case .completed, .failed, .cancelled: true
        }
    }
}

/// A thing that an operation is about: it appears in the thing's list of events.
package struct OperationSubject: Sendable, Hashable, Codable, Comparable {
    /// Singular, lower case: `project`, `service`, `container`.
    package let noun: String
    package let id: Int64

    package init(_ noun: String, _ id: Int64) {
        self.noun = noun
        self.id = id
    }

    /// The order in which transactions that need the rows of several subjects take them.
    package static func < (a: OperationSubject, b: OperationSubject) -> Bool { (a.noun, a.id) < (b.noun, b.id) }
}

/// An operation as one reads it. Where Foundation is imported too: ``Operations/Record``.
package struct Operation: Sendable, Hashable {
    package let id: Int64
    /// ``WorkflowKind/name``.
    package let kind: String
    package let state: OperationState
    package let parentID: Int64?
    package let userID: Int64?
    package let requestID: String
    /// Why it failed (or is being undone), as a sentence.
    package let error: String?
    /// What a person has to look at: what could not be undone and why.
    package let attention: String?
    package let cancelRequested: Bool
    package let createdAt: Moment
    package let updatedAt: Moment
    package let finishedAt: Moment?
    package let steps: [OperationStep]
}

/// One recorded step.
package struct OperationStep: Sendable, Hashable {
    /// How far a step came.
    package enum State: String, Sendable {
        /// Its effect may or may not have happened.
        case started
        case done
        /// It failed for good.
        case failed
        case undone
    }

    /// As the workflow names it; the record of its undoing is called `undo:<name>`.
    package let name: String
    package let state: State
    /// How often its effect was begun.
    package let attempt: Int
    /// The last error, as a sentence.
    package let error: String?
    package let startedAt: Moment
    package let finishedAt: Moment?

    var undone: OperationStep {
        OperationStep(
            name: name, state: .undone, attempt: attempt, error: error, startedAt: startedAt, finishedAt: finishedAt)
    }
}

/// An operation to be.
package struct NewOperation: Sendable {
    package let kind: WorkflowKind
    package let input: any Encodable & Sendable
    package let subjects: [OperationSubject]
    /// Names of the resources (`project:7`) that no other operation may work on meanwhile. Operations wait for each
    /// other in the order of their ids. A child may only lock what one of its ancestors has locked.
    package let locks: [String]
    package let userID: Int64?
    package let requestID: String
    /// Whom to tell of its end.
    package let notice: EndNotice?
    package let parentID: Int64?
    /// Not to be started before; nil: at once.
    package let runAfter: Moment?

    package init(
        _ kind: WorkflowKind, input: any Encodable & Sendable, subjects: [OperationSubject] = [], locks: [String] = [],
        userID: Int64? = nil, requestID: String, notice: EndNotice? = nil, parentID: Int64? = nil,
        runAfter: Moment? = nil
    ) {
        self.kind = kind
        self.input = input
        self.subjects = subjects
        self.locks = locks
        self.userID = userID
        self.requestID = requestID
        self.notice = notice
        self.parentID = parentID
        self.runAfter = runAfter
    }

    /// An operation that somebody asked for.
    package init(
        _ kind: WorkflowKind, input: any Encodable & Sendable, subjects: [OperationSubject] = [], locks: [String] = [],
        by caller: Caller
    ) {
        self.init(
            kind, input: input, subjects: subjects, locks: locks, userID: caller.userID,
            requestID: caller.requestID, notice: caller.notice)
    }
}
