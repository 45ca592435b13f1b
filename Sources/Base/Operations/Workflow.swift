package import SQL

/// What an operation is, for machines and for people.
package struct WorkflowKind: Sendable, Hashable {
    /// `noun.verb`, stored with every operation of this kind; never renamed once released.
    package let name: String
    /// The 16 hexadecimal digits that clients of API v60 know this kind of event by.
    package let eventCode: String
    /// What is being done, as people read it in the list of events.
    package let title: String
    /// Whether a failure is shown on the subjects until the next operation of this kind completes, whatever else
    /// completes meanwhile.
    package let failureLasts: Bool

    package init(_ name: String, eventCode: String, title: String, failureLasts: Bool = false) {
        self.name = name
        self.eventCode = eventCode
        self.title = title
        self.failureLasts = failureLasts
    }
}

/// A durable piece of work, written as an ordinary function of steps.
///
/// The engine runs `run` from its beginning whenever the operation is resumed – after a back-off, a lost worker, a
/// restart – and once more to collect the undo closures when the operation failed. Finished steps then answer with
/// what they answered the first time. So everything between the steps must be deterministic: no clock, no random,
/// no reading of anything that may have changed. Put such things into a step.
package protocol Workflow: Sendable {
    associatedtype Input: Codable & Sendable

    static var kind: WorkflowKind { get }

    /// The work. Throwing a permanent error (see ``ErrorKind``) undoes the steps in reverse and ends the operation
    /// as failed; a transient one runs the function again later.
    func run(_ input: Input, _ run: OperationRun) async throws

    /// Runs in the transaction that ends the operation, whichever way it ends, also when no step ever ran. For the
    /// state of what the operation was about. It must not throw; when it does, ending is tried again later.
    func ended(_ input: Input, _ ending: OperationEnding, in tx: any Transaction) throws
}

extension Workflow {
    package func ended(_ input: Input, _ ending: OperationEnding, in tx: any Transaction) throws {}
}

/// How an operation ended.
package struct OperationEnding: Sendable, Hashable {
    package let operationID: Int64
    /// `.completed`, `.failed` or `.cancelled`.
    package let state: OperationState
    /// Why it failed, as a sentence for people; nil unless it failed.
    package let error: String?
}
