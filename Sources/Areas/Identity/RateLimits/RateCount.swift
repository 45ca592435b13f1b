import Basics

/// A sliding window out of two fixed ones: the present one counts whole, the one before by the part of it that is not
/// over yet. It is right when the requests of the window before came evenly, and off by less than its count otherwise.
struct RateCount: Sendable {
    /// Which window is the present one: whole lengths since 1970.
    private(set) var window: Int64
    /// Requests of this process in it, and in the one before.
    private(set) var mine: Int64 = 0
    private var mineBefore: Int64 = 0
    /// The same of the other processes, as far as is known.
    private var others: Int64 = 0
    private var othersBefore: Int64 = 0
    /// How many of `mine` the other processes have not been told.
    private(set) var unsent: Int64 = 0

    init(_ limit: RateLimit, at now: Moment) { window = Self.window(limit, now) }

    private static func window(_ limit: RateLimit, _ now: Moment) -> Int64 {
        now.milliseconds / (limit.seconds * 1000)
    }

    /// Whether forgetting it changes nothing.
    func isOver(_ limit: RateLimit, at now: Moment) -> Bool { Self.window(limit, now) > window + 1 }

    /// Goes on to the window of `now`. A clock that was set back stays in the present one.
    private mutating func advance(_ limit: RateLimit, to now: Moment) {
        let next = Self.window(limit, now)
        guard next > window else { return }
        let isNeighbour = next == window + 1
        (mineBefore, othersBefore) = isNeighbour ? (mine, others) : (0, 0)
        (mine, others, unsent, window) = (0, 0, 0, next)
    }

    /// What is left; counts one more when there is something left and `taking`.
    mutating func budget(_ limit: RateLimit, at now: Moment, taking: Bool) -> RateBudget {
        advance(limit, to: now)
        let length = limit.seconds * 1000
        let elapsed = min(max(now.milliseconds - window * length, 0), length)
        let (present, before) = (mine + others, mineBefore + othersBefore)
        let used = before * (length - elapsed) / length + present
        let isExceeded = used >= limit.quota
        if taking, !isExceeded {
            mine += 1
            unsent += 1
        }
        let rest = length - elapsed
        var wait: Int64 = 0
        if isExceeded {
            wait =
                present < limit.quota
                ? rest - (limit.quota - present) * length / max(before, 1)
                : rest + max(length - limit.quota * length / max(present, 1), 0)
        }
        return RateBudget(
            limit: limit, remaining: max(limit.quota - used - (taking ? 1 : 0), 0),
            resetSeconds: (rest + 999) / 1000, isExceeded: isExceeded,
            retrySeconds: isExceeded ? max(wait / 1000 + 1, 1) : 0)
    }

    /// Takes out what the other processes are to be told.
    mutating func takeUnsent() -> Int64 {
        defer { unsent = 0 }
        return unsent
    }

    /// They could not be told.
    mutating func giveBack(_ count: Int64, of window: Int64) { if window == self.window { unsent += count } }

    /// All processes together had `total` in `window`, of which `told` are ours.
    mutating func learn(_ total: Int64, told: Int64, in window: Int64) {
        let count = max(total - told, 0)
        if window == self.window { others = count } else if window == self.window - 1 { othersBefore = count }
    }
}
