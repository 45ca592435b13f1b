/// A durable piece of work on the wire, with what was done of it.
package struct OperationView: Codable, Sendable {
    package let id: Int64
    /// What kind of work: `order.provision`.
    package let kind: String
    /// What it is, in words.
    package let description: String
    package let state: OperationStateWord
    /// Why it failed, or is being undone, as a sentence.
    package let reason: String?
    /// Somebody has asked it to stop.
    package let isCancelRequested: Bool
    /// The operation that it is a part of.
    package let parentId: Int64?
    package let createdAt: Timestamp
    package let updatedAt: Timestamp
    package let finishedAt: Timestamp?
    package let steps: [OperationStepView]

    package init(
        id: Int64, kind: String, description: String, state: OperationStateWord, reason: String?,
        isCancelRequested: Bool, parentId: Int64?, createdAt: Timestamp, updatedAt: Timestamp, finishedAt: Timestamp?,
        steps: [OperationStepView]
    ) {
        self.id = id
        self.kind = kind
        self.description = description
        self.state = state
        self.reason = reason
        self.isCancelRequested = isCancelRequested
        self.parentId = parentId
        self.createdAt = createdAt
        self.updatedAt = updatedAt
        self.finishedAt = finishedAt
        self.steps = steps
    }
}

package enum OperationStateWord: String, WireWord { case pending, running, undoing, completed, failed, cancelled }

package enum StepStateWord: String, WireWord { case started, done, failed, undone }

/// One recorded step.
package struct OperationStepView: Codable, Sendable {
    package let name: String
    package let state: StepStateWord
    /// How often it was begun.
    package let attempt: Int64
    package let reason: String?
    package let startedAt: Timestamp
    package let finishedAt: Timestamp?

    package init(
        name: String, state: StepStateWord, attempt: Int64, reason: String?, startedAt: Timestamp,
        finishedAt: Timestamp?
    ) {
        self.name = name
        self.state = state
        self.attempt = attempt
        self.reason = reason
        self.startedAt = startedAt
        self.finishedAt = finishedAt
    }
}

/// `{"operation": {…}}`
package struct OperationAnswer: Codable, Sendable {
    package let operation: OperationView

    package init(_ operation: OperationView) { self.operation = operation }
}

/// `{"plan": {…}}`: what a change would do.
package struct PlanAnswer: Codable, Sendable {
    package let plan: ChangePlanView

    package init(_ plan: ChangePlanView) { self.plan = plan }
}

/// What a change will do.
package struct ChangePlanView: Codable, Sendable {
    /// In sentences.
    package let changes: [String]
    /// Kinds of the operations that will be started.
    package let operations: [String]
    /// What the account pays more per hour from then on; negative when it pays less.
    package let pricePerHour: DecimalText

    package init(changes: [String], operations: [String], pricePerHour: DecimalText) {
        self.changes = changes
        self.operations = operations
        self.pricePerHour = pricePerHour
    }
}
