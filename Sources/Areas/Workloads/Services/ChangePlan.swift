package import Basics
import Operations

/// What a change of something that runs will do, decided. The same value is shown for `dry_run` and applied otherwise.
package struct ChangePlan: Sendable, Hashable {
    /// What will happen, in sentences.
    package let changes: [String]
    /// Kinds of the operations that will be started.
    package let operations: [String]
    /// What the account pays more per hour from then on; negative when it pays less.
    package let priceHour: Money

    init(changes: [String], starts kind: WorkflowKind?, priceHour: Money = Money(nano: 0)) {
        self.changes = changes
        operations = kind.map { [$0.name] } ?? []
        self.priceHour = priceHour
    }

    /// The plan as JSON.
    package var document: JSONValue {
        .object([
            "changes": .array(changes.map { .string($0) }),
            "operations": .array(operations.map { .string($0) }),
            "price_per_hour": .string(priceHour.decimal),
        ])
    }
}

/// What a change answered.
package struct ChangeReceipt: Sendable, Hashable {
    /// nil when nothing had to be done, or nothing was asked to be done.
    package let operationID: Int64?
    package let plan: ChangePlan
}
