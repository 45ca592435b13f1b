import Basics
import Logging
import Synchronization

extension Worker {
    /// Renews the leases of what runs, and stops what could not be renewed in time or takes too long.
    func keepLeases() async {
        let tick = min(options.lease / 15, .seconds(1))
        var renewal: Task<Void, Never>?
        var renewedAt = monotonic()
        while !Task.isCancelled {
            try? await Task.sleep(for: tick)
            let now = monotonic()
            let current = runs.withLock { $0 }
            for (key, run) in current { check(run, key, now) }
            // A renewal that hangs must not keep the loop from noticing that the lease is over.
            if !current.isEmpty, now - renewedAt >= options.lease / 3 {
                renewedAt = now
                let previous = renewal
                renewal = Task {
                    await previous?.value
                    await renew(current)
                }
            }
        }
        await renewal?.value
    }

    private func check(_ run: Running, _ key: RunKey, _ now: Duration) {
        let (validUntil, oldest) = run.session.state.withLock { ($0.validUntil, $0.inFlight.values.min()) }
        if now >= validUntil {
            lose(run)
        } else if let oldest, now - oldest > options.stepTimeMax {
            run.session.state.withLock { $0.timedOut = true }
            run.task.cancel()
        }
    }

    private func renew(_ current: [RunKey: Running]) async {
        let begun = monotonic()
        do {
            let kept = try await store.renew(Array(current.keys))
            for (key, run) in current {
                if kept.contains(key) {
                    run.session.state.withLock { $0.validUntil = max($0.validUntil, begun + options.lease) }
                } else {
                    lose(run)
                }
            }
        } catch {
            logger.warning("leases not renewed", metadata: ["error": "\(Fault(wrapping: error).logLine)"])
        }
    }

    /// The operation is somebody else's now, or soon.
    private func lose(_ run: Running) {
        let first = run.session.state.withLock { state in
            // A run that just ended has no lease either.
            if state.ending { return false }
            if case .lost = state.interruption { return false }
            state.interruption = .lost
            return true
        }
        guard first else { return }
        run.task.cancel()
        box.add { $0.lostLeases += 1 }
        run.session.logger.warning("lease lost, run stopped")
    }
}

/// Decides whether the wall clock can be trusted for judging other workers' leases.
///
/// After the clock jumped, or after this process stood still, living workers' leases look expired. For the length of
/// one lease nothing is taken over then: the living renew theirs meanwhile.
struct ClockGuard {
    private static let jumpMin: Duration = .seconds(2)

    private let lease: Duration
    private let clock: any WallClock
    private let monotonic: @Sendable () -> Duration
    private var offset: Duration
    private var distrustUntil: Duration
    private var waitedAt: Duration
    private var setBack = false

    init(lease: Duration, clock: any WallClock, monotonic: @escaping @Sendable () -> Duration) {
        self.lease = lease
        self.clock = clock
        self.monotonic = monotonic
        offset = Self.offset(clock, monotonic)
        distrustUntil = .zero
        waitedAt = monotonic()
    }

    private static func offset(_ clock: any WallClock, _ monotonic: () -> Duration) -> Duration {
        .milliseconds(clock.now().milliseconds) - monotonic()
    }

    /// Whether the wall clock went back since the last question.
    mutating func wasSetBack() -> Bool {
        let now = Self.offset(clock, monotonic)
        let jump = now - offset
        if jump > Self.jumpMin || jump < .zero - Self.jumpMin {
            offset = now
            distrustUntil = monotonic() + lease
            setBack = jump < .zero
        }
        defer { setBack = false }
        return setBack
    }

    /// Called after a pause that should have been at most `time`.
    mutating func waited(_ time: Duration) {
        let now = monotonic()
        if now - waitedAt > time + lease / 2 { distrustUntil = now + lease }
        waitedAt = now
    }

    /// `.none` while no lease may be taken over; nil: as the clock says.
    func expiry() -> OperationStore.Expiry? {
        monotonic() < distrustUntil ? OperationStore.Expiry.none : nil
    }
}
