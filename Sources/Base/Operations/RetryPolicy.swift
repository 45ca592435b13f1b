/// How long a step that fails for now is tried again before its error counts as permanent.
package struct RetryPolicy: Sendable, Hashable {
    /// Tries of a step whose error says that trying later makes sense.
    package var attemptsMax: Int
    /// Tries of a step whose error says nothing about that.
    package var unknownAttemptsMax: Int
    /// Time since the first try after which no other one is made.
    package var timeMax: Duration
    /// Pause after the first failure; doubles with each further one, ± 25 %.
    package var pauseMin: Duration
    package var pauseMax: Duration

    package init(
        attemptsMax: Int = 40, unknownAttemptsMax: Int = 4, timeMax: Duration = .seconds(900),
        pauseMin: Duration = .seconds(1), pauseMax: Duration = .seconds(60)
    ) {
        self.attemptsMax = attemptsMax
        self.unknownAttemptsMax = unknownAttemptsMax
        self.timeMax = timeMax
        self.pauseMin = pauseMin
        self.pauseMax = pauseMax
    }

    /// An engine that is restarted or a machine that reboots is waited for; after a quarter of an hour we give up.
    package static let standard = RetryPolicy()
}
