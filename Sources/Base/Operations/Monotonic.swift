/// Time that nobody can set: it also counts while the process or the machine is stopped.
package enum Monotonic {
    private static let start = ContinuousClock.now

    /// Time since the first call in this process.
    @Sendable package static func now() -> Duration { start.duration(to: .now) }
}
