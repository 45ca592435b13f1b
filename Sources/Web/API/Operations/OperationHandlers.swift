import Basics
import Contract
import Operations
import Workloads

extension API {
    mutating func serveOperations() {
        let database = dependencies.database

        serveWritten(OperationEndpoints.view) { call in
            let found = try await OperationReading.view(call.id, by: call.caller, from: database)
            let isWaited = call.facts.wait != nil && !found.state.isTerminal
            if isWaited, try await OperationWaiting.wait(for: call.id, call.facts.wait, on: database) {
                let ended = try await OperationReading.view(call.id, by: call.caller, from: database)
                var answer = Answer(bytes: try ViewEncoder.bytes(OperationAnswer(OperationView(ended))))
                answer.appliedWait = call.facts.wait
                return answer
            }
            return Answer(bytes: try ViewEncoder.bytes(OperationAnswer(OperationView(found))))
        }
    }

    /// Connects an endpoint that starts an operation, or shows the plan of it with `dry_run`.
    mutating func serveChange(
        _ endpoint: Endpoint<StartRequest, Acknowledgement>,
        _ handler:
            @escaping @Sendable (_ call: Call<StartRequest>, _ caller: Caller, _ dryRun: Bool) async throws
            -> ChangeReceipt
    ) {
        serveWritten(endpoint) { [self] call in
            let dryRun = try call.facts.query.flag(QueryParameter.dryRun.name)
            let receipt = try await handler(call, try notifying(call.input.callback, call.caller), dryRun)
            if dryRun {
                let plan = PlanAnswer(ChangePlanView(receipt.plan))
                return Answer(bytes: try ViewEncoder.bytes(plan), status: 200)
            }
            var answer = Answer(bytes: try ViewEncoder.bytes(Acknowledgement()))
            answer.operation = receipt.operationID
            return answer
        }
    }
}

extension OperationView {
    init(_ operation: Operations.Record) {
        let kind = WorkflowKind.ofWorkloads.first { $0.name == operation.kind }
        self.init(
            id: operation.id, kind: operation.kind, description: kind?.title ?? operation.kind,
            state: OperationStateWord(rawValue: operation.state.rawValue) ?? .pending, reason: operation.error,
            isCancelRequested: operation.cancelRequested, parentId: operation.parentID,
            createdAt: Timestamp(operation.createdAt), updatedAt: Timestamp(operation.updatedAt),
            finishedAt: operation.finishedAt.map(Timestamp.init), steps: operation.steps.map(OperationStepView.init))
    }
}

extension OperationStepView {
    fileprivate init(_ step: OperationStep) {
        self.init(
            name: step.name, state: StepStateWord(rawValue: step.state.rawValue) ?? .started,
            attempt: Int64(step.attempt), reason: step.error, startedAt: Timestamp(step.startedAt),
            finishedAt: step.finishedAt.map(Timestamp.init))
    }
}

extension ChangePlanView {
    fileprivate init(_ plan: ChangePlan) {
        self.init(
            changes: plan.changes, operations: plan.operations, pricePerHour: DecimalText(nano: plan.priceHour.nano))
    }
}
