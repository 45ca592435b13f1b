import Basics
import Logging
import SQL
import Synchronization

extension RunSession {
    /// How a run ended, for the counters.
    enum Result: Sendable {
        case ended(OperationState)
        case retry
        case released
        case waiting
        case lost
    }

    /// Runs the operation as far as it goes and writes down how it ended.
    func perform(_ workflow: any Workflow, crashesMax: Int) async -> Result {
        do {
            try await loadRecords()
            if claim.state == .undoing { return try await resumeUndoing(workflow, crashesMax: crashesMax) }
            if claim.crashes >= crashesMax { return try await park(workflow) }
            if claim.cancelRequested, state.withLock({ $0.records.isEmpty }) { interrupt(.cancelled) }
            var problem: (any Error)?
            if interruption == nil {
                do { try await workflow.run(text: claim.input, self) } catch { problem = error }
            }
            return try await conclude(workflow, problem)
        } catch {
            if case .stopping = interruption { return await release() }
            if !(error is CancellationError) {
                logger.error("run given up", metadata: ["error": "\(Fault(wrapping: error).logLine)"])
            }
            return .lost
        }
    }

    private func loadRecords() async throws {
        if claim.isFirst { return }
        while true {
            do {
                let records = try await Self.uncancelled { [self] in try await store.steps(of: claim.id) }
                state.withLock { state in
                    state.records = records
                    state.nextPosition = (records.values.map(\.position).max() ?? 0) + 1
                }
                return
            } catch DatabaseProblem.unavailable {
                try mayBegin()
                try await Task.sleep(for: .milliseconds(200))
            }
        }
    }

    private func conclude(_ workflow: any Workflow, _ problem: (any Error)?) async throws -> Result {
        state.withLock { $0.ending = true }
        switch interruption {
        case .lost: return .lost
        case .stopping: return await release()
        case .retry(let at): return try await again(at: at)
        case .waitingForChildren: return try await wait()
        case .cancelled: return try await startUndoing(workflow, because: nil)
        case nil: break
        }
        guard let problem else { return try await finish(workflow, .completed, error: nil) }
        let fault = Fault(wrapping: problem)
        let kind = state.withLock { $0.exhausted } ? .permanent : ErrorKind(problem)
        let attempt = gotFurther ? 1 : claim.attempt + 1
        let metadata: Logger.Metadata = ["try": "\(attempt)", "error": "\(fault.logLine)"]
        if RetryPolicy.standard.allowsAnother(after: attempt, elapsed: .zero, kind) {
            logger.info("operation failed, trying again later", metadata: metadata)
            return try await again(at: clock.now().advanced(by: RetryPolicy.standard.pause(after: attempt)))
        }
        logger.warning("operation failed", metadata: metadata)
        return try await startUndoing(workflow, because: fault.sentence)
    }

    /// The process died too often in the same place.
    private func park(_ workflow: any Workflow) async throws -> Result {
        let step = state.withLock { state in
            state.records.filter { $0.value.state == .started }.max { $0.value.position < $1.value.position }?.key
        }
        let place = step.map { "the step “\($0)”" } ?? "this operation"
        logger.error("operation parked: the process died in it", metadata: ["crashes": "\(claim.crashes)"])
        let sentence = "Our process stopped \(claim.crashes) times during \(place), so it was given up."
        try await enterUndoing(sentence)
        await replay(workflow)
        return try await undoAndFinish(workflow, error: sentence)
    }

    private func startUndoing(_ workflow: any Workflow, because error: String?) async throws -> Result {
        state.withLock { $0.interruption = nil }
        try await enterUndoing(error)
        // Stopped before it came by everything that earlier runs did: learn about the rest.
        if !unvisited.isEmpty { await replay(workflow) }
        // A step that took too long was cancelled, and in a cancelled task nothing can be undone.
        if Task.isCancelled, !state.withLock({ $0.stopping }) { return try await again(at: clock.now()) }
        return try await undoAndFinish(workflow, error: error)
    }

    private func enterUndoing(_ error: String?) async throws {
        try await fenced("state = 'undoing', error = \(error)", fresh: true) { [claim, clock] tx in
            try Operations.requestCancel(childrenOf: claim.id, in: tx, now: clock.now())
        }
        state.withLock { $0.progressed = true }
    }

    private func resumeUndoing(_ workflow: any Workflow, crashesMax: Int) async throws -> Result {
        if claim.crashes >= crashesMax {
            // One more death brings us back here: it is tried once per pause.
            let text = "Our process stopped \(claim.crashes) times while this operation was being undone."
            let at = clock.now().advanced(by: RetryPolicy.undo.pauseMax)
            try await fenced(
                "attention = \(text), crashes = \(crashesMax - 1), lease_until = NULL, worker = NULL, run_after = \(at)"
            ) { _ in }
            return .retry
        }
        await replay(workflow)
        return try await undoAndFinish(workflow, error: claim.error)
    }

    /// Runs the workflow through its recorded steps to learn how to undo them.
    private func replay(_ workflow: any Workflow) async {
        mode.withLock { $0 = .replay }
        state.withLock { ($0.visited, $0.undos) = ([], []) }
        do { try await workflow.run(text: claim.input, self) } catch {}
    }

    private func undoAndFinish(_ workflow: any Workflow, error: String?) async throws -> Result {
        if let interruption, case .lost = interruption { return .lost }
        switch await undoAll() {
        case .clean:
            return try await finish(workflow, error == nil ? .cancelled : .failed, error: error)
        case .leftOver(let at, let attention):
            if let attention {
                logger.error("operation needs attention", metadata: ["attention": "\(attention)"])
                return try await again(at: at, attention: attention)
            }
            return try await again(at: at)
        case .interrupted:
            switch interruption {
            case .waitingForChildren: return try await wait()
            case .stopping: return await release()
            case .lost, .cancelled, .retry, nil: return .lost
            }
        }
    }
}
