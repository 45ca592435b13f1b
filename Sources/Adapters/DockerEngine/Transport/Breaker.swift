import Synchronization

/// Keeps callers from waiting for an engine that hangs: after some time-outs in a row calls fail at once for a few
/// seconds, then a single probe decides whether the engine is back.
final class Breaker: Sendable {
    enum Admission: Sendable {
        /// Make the call.
        case open
        /// Probe first, then tell by ``answered()``, ``timedOut()`` or ``abandoned()``.
        case probe
        case refused
    }

    private struct State {
        var timeouts = 0
        var closedUntil: ContinuousClock.Instant?
        var probing = false
    }

    private let state = Mutex(State())

    func admit(at now: ContinuousClock.Instant = .now) -> Admission {
        state.withLock { state in
            guard let until = state.closedUntil else { return .open }
            if now < until || state.probing { return .refused }
            state.probing = true
            return .probe
        }
    }

    /// The engine said something, whatever it was.
    func answered() {
        state.withLock { $0 = State() }
    }

    func timedOut(at now: ContinuousClock.Instant = .now) {
        state.withLock { state in
            state.probing = false
            state.timeouts += 1
            if state.timeouts >= DockerLimits.breakerTimeoutsMax {
                state.closedUntil = now + .seconds(DockerLimits.breakerOpenSeconds)
            }
        }
    }

    /// The probe was cancelled: the next caller makes it.
    func abandoned() {
        state.withLock { $0.probing = false }
    }
}
