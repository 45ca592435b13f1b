import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A point in time: UTC, whole milliseconds since 1970-01-01. The only time we store.
package struct Moment: Hashable, Comparable, Sendable, Codable {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    package var milliseconds: Int64

    package init(milliseconds: Int64) { self.milliseconds = milliseconds }

    package init(from decoder: any Decoder) throws {
        milliseconds = try decoder.singleValueContainer().decode(Int64.self)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(milliseconds)
    }

    package static func < (a: Moment, b: Moment) -> Bool { a.milliseconds < b.milliseconds }

    /// `self` moved by `duration`, rounded down to a millisecond.
    package func advanced(by duration: Duration) -> Moment {
        let (seconds, attoseconds) = duration.components
        return Moment(milliseconds: milliseconds + seconds * 1000 + attoseconds / 1_000_000_000_000_000)
    }

    /// RFC 3339 in UTC with milliseconds: `2026-11-23T19:20:31.004Z`. Years 0…9999.
    package var rfc3339: String {
        String(unsafeUninitializedCapacity: 24) {
            write(to: $0)
            return 24
        }
    }

    /// Writes the 24 bytes of ``rfc3339`` to `out`, which must have room for them.
    package func write(to out: UnsafeMutableBufferPointer<UInt8>) {
        Self.write(day: day, to: out)
        writeTime(to: out)
    }

    /// Days since 1970-01-01.
    var day: Int64 { milliseconds.floorDivided(by: 86_400_000).quotient }

    /// The first ten of the 24 bytes. ``JSONWriter`` keeps them: the times of a list are of few days.
    static func write(day: Int64, to out: UnsafeMutableBufferPointer<UInt8>) {
        let date = CivilDate(daysSinceEpoch: day)
        put(date.year / 100, at: 0, of: out)
        put(date.year % 100, at: 2, of: out)
        out[4] = UInt8(ascii: "-")
        put(date.month, at: 5, of: out)
        out[7] = UInt8(ascii: "-")
        put(date.day, at: 8, of: out)
    }

    /// The other 14.
    func writeTime(to out: UnsafeMutableBufferPointer<UInt8>) {
        let inDay = milliseconds.floorDivided(by: 86_400_000).remainder
        out[10] = UInt8(ascii: "T")
        Self.put(inDay / 3_600_000, at: 11, of: out)
        out[13] = UInt8(ascii: ":")
        Self.put(inDay / 60_000 % 60, at: 14, of: out)
        out[16] = UInt8(ascii: ":")
        Self.put(inDay / 1000 % 60, at: 17, of: out)
        out[19] = UInt8(ascii: ".")
        Self.put(inDay % 1000 / 10, at: 20, of: out)
        out[22] = UInt8(truncatingIfNeeded: 48 + inDay % 10)
        out[23] = UInt8(ascii: "Z")
    }

    /// Two digits.
    private static func put(_ value: Int64, at index: Int, of out: UnsafeMutableBufferPointer<UInt8>) {
        out[index] = UInt8(truncatingIfNeeded: 48 + value / 10)
        out[index + 1] = UInt8(truncatingIfNeeded: 48 + value % 10)
    }
}

/// Days to year, month, day in the proleptic Gregorian calendar
/// (the era arithmetic of Howard Hinnant's "chrono-Compatible Low-Level Date Algorithms").
private struct CivilDate {
    var year: Int64
    var month: Int64
    var day: Int64

    init(daysSinceEpoch: Int64) {
        let (era, dayOfEra) = (daysSinceEpoch + 719_468).floorDivided(by: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shifted + 2) / 5 + 1
        month = shifted < 10 ? shifted + 3 : shifted - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }
}

extension Int64 {
    /// Quotient rounded towards minus infinity, and the non-negative remainder.
    func floorDivided(by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}

/// Where the time comes from. Nothing else asks the system for it, so that tests can decide what time it is.
package protocol WallClock: Sendable {
    func now() -> Moment
}

/// The machine's clock.
package struct SystemWallClock: WallClock {
    package init() {}

    package func now() -> Moment {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Moment(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
    }
}

/// A clock that stands still until told otherwise. For tests.
package final class ManualWallClock: WallClock {
    private let moment: Mutex<Moment>

    package init(_ start: Moment = Moment(milliseconds: 1_790_000_000_000)) { moment = Mutex(start) }

    package func now() -> Moment { moment.withLock { $0 } }

    /// Moves the clock forward (or back, with a negative duration).
    package func advance(by duration: Duration) { moment.withLock { $0 = $0.advanced(by: duration) } }
}
