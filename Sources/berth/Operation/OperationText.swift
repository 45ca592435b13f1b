import Basics
import Operations

/// Operations in words, for people and for programs.
enum OperationText {
    /// A line of a list has room for this much of an error.
    private static let remarkMax = 80

    /// Steps done of steps begun, undoing left out.
    static func progress(_ operation: Operations.Record) -> String {
        let own = operation.steps.filter { !$0.name.hasPrefix("undo:") }
        return "\(own.count { $0.state == .done })/\(own.count)"
    }

    /// What stands out about it.
    static func remark(_ operation: Operations.Record) -> String {
        let text =
            operation.attention.map { "ATTENTION: \($0)" } ?? operation.error
            ?? (operation.cancelRequested && !operation.state.isTerminal ? "asked to stop" : "")
        return text.count > remarkMax ? text.prefix(remarkMax - 1) + "…" : text
    }

    /// Everything about it, a line each, then its steps.
    static func lines(
        _ operation: Operations.Record, _ standing: Operations.Standing?, advice: String
    ) -> [String] {
        var facts: [(String, String?)] = [
            ("Operation", "\(operation.id), \(operation.kind)"), ("State", operation.state.rawValue),
            ("Error", operation.error), ("Attention", operation.attention), ("What to do", advice),
            ("Part of", operation.parentID.map { "operation \($0)" }),
            ("Asked by", operation.userID.map { "account \($0)" } ?? "Berth or the operator"),
            ("Request", operation.requestID), ("Created", operation.createdAt.rfc3339),
            ("Changed", operation.updatedAt.rfc3339), ("Ended", operation.finishedAt?.rfc3339),
        ]
        if let standing {
            facts.append(("Worker", standing.worker ?? "none"))
            facts.append(("Next try", standing.worker == nil ? standing.runAfter.rfc3339 : nil))
        }
        let text = facts.compactMap { title, value in
            value.map { title.padded(to: 12) + $0 }
        }
        return text + [""] + steps(operation.steps)
    }

    /// What a person should do.
    static func advice(
        _ operation: Operations.Record, _ standing: Operations.Standing?, now: Moment
    ) -> String {
        if operation.attention != nil {
            return operation.state.isTerminal
                ? "Look at what the operation was about; Berth does nothing more by itself."
                : "Put right what stands in its way, as said above. Berth goes on trying; nothing else need be done."
        }
        switch operation.state {
        case .completed, .cancelled: return "Nothing."
        case .failed: return "Nothing is left over. Put right what the error says, then ask for the same again."
        case .undoing: return "Wait: it failed or was cancelled, and what it did is being undone."
        case .pending, .running: break
        }
        guard let standing else { return "Look again: it has just ended." }
        if !standing.waitsFor.isEmpty {
            let list = standing.waitsFor.map(String.init).joined(separator: ", ")
            return "Wait for the operations before it on the same thing: \(list)."
        }
        if let until = standing.leaseUntil, standing.worker != nil {
            return until >= now
                ? "Wait: a worker is at it."
                : "Its worker has not been heard of since \(until.rfc3339); another one takes over when one runs."
        }
        if standing.runAfter > now {
            return "Wait: it failed for now and is tried again at \(standing.runAfter.rfc3339)."
        }
        return "Start a worker if none runs (berth serve with the role worker); it is free to be taken up."
    }

    /// Why it cannot be asked to stop any more.
    static func whyNotCancelled(_ operation: Operations.Record) -> String {
        operation.state == .undoing
            ? "Operation \(operation.id) is being undone already."
            : "Operation \(operation.id) has ended already: it is \(operation.state.rawValue)."
    }

    private static func steps(_ steps: [OperationStep]) -> [String] {
        guard !steps.isEmpty else { return ["No step was begun."] }
        return Output.columns(
            ["STEP", "STATE", "TRIES", "TOOK", "ERROR"],
            steps.map { [$0.name, $0.state.rawValue, String($0.attempt), took($0), $0.error ?? ""] })
    }

    private static func took(_ step: OperationStep) -> String {
        step.milliseconds.map { "\($0) ms" } ?? "-"
    }
}

/// As JSON. Names once given stay.
extension OperationText {
    static func write(_ operation: Operations.Record, to json: inout JSONWriter) {
        json.key("id")
        json.value(operation.id)
        json.key("kind")
        json.value(operation.kind)
        json.key("state")
        json.value(operation.state.rawValue)
        json.key("error")
        json.value(operation.error)
        json.key("attention")
        json.value(operation.attention)
        json.key("cancel_requested")
        json.value(operation.cancelRequested)
        json.key("parent_id")
        json.value(operation.parentID)
        json.key("user_id")
        json.value(operation.userID)
        json.key("request_id")
        json.value(operation.requestID)
        json.key("created_at")
        json.value(operation.createdAt)
        json.key("updated_at")
        json.value(operation.updatedAt)
        json.key("finished_at")
        json.value(operation.finishedAt?.rfc3339)
    }

    /// Nothing for an operation that has ended.
    static func write(_ standing: Operations.Standing?, to json: inout JSONWriter) {
        guard let standing else { return }
        json.key("worker")
        json.value(standing.worker)
        json.key("next_try_at")
        json.value(standing.runAfter)
        json.key("failed_tries")
        json.value(standing.attempt)
        json.key("waits_for")
        json.array { json in
            for id in standing.waitsFor { json.value(id) }
        }
    }

    static func write(_ step: OperationStep, to json: inout JSONWriter) {
        json.key("name")
        json.value(step.name)
        json.key("state")
        json.value(step.state.rawValue)
        json.key("attempts")
        json.value(step.attempt)
        json.key("error")
        json.value(step.error)
        json.key("started_at")
        json.value(step.startedAt)
        json.key("finished_at")
        json.value(step.finishedAt?.rfc3339)
        json.key("milliseconds")
        json.value(step.milliseconds)
    }
}

extension OperationStep {
    /// From its first begin to its end; nil while it runs.
    var milliseconds: Int64? { finishedAt.map { $0.milliseconds - startedAt.milliseconds } }
}

extension String {
    /// With spaces at the end, as many as are missing to `width`.
    func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
