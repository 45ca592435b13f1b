/// Times as the engine writes them: RFC 3339 with up to nine decimals.
enum EngineTime {
    /// Nanoseconds since 1970, or nil for anything that is not such a time between 1970 and 2200.
    static func nanoseconds(_ text: some Collection<UInt8>) -> Int64? {
        let bytes = Array(text)
        // 2026-11-23T19:50:15Z
        guard bytes.count >= 20, bytes.count <= 40, bytes[4] == 45, bytes[7] == 45, bytes[10] == 84, bytes[13] == 58,
            bytes[16] == 58, let year = number(bytes, 0, 4), let month = number(bytes, 5, 2),
            let day = number(bytes, 8, 2), let hour = number(bytes, 11, 2), let minute = number(bytes, 14, 2),
            let second = number(bytes, 17, 2), (1970...2200).contains(year), (1...12).contains(month),
            (1...31).contains(day), hour < 24, minute < 60, second <= 60
        else { return nil }
        var position = 19
        var nanos: Int64 = 0
        if bytes[position] == 46 {
            position += 1
            var unit: Int64 = 100_000_000
            while position < bytes.count, (48...57).contains(bytes[position]) {
                nanos += Int64(bytes[position] - 48) * unit
                unit /= 10
                position += 1
            }
        }
        guard let offset = offsetSeconds(bytes, position) else { return nil }
        let inDay = (hour * 60 + minute) * 60 + second
        let seconds = daysSinceEpoch(year: year, month: month, day: day) * 86_400 + inDay - offset
        return seconds * 1_000_000_000 + nanos
    }

    /// `seconds.nanoseconds`, as the engine takes it in `since`.
    static func parameter(microseconds: Int64) -> String {
        let (seconds, rest) = max(microseconds, 0).quotientAndRemainder(dividingBy: 1_000_000)
        let digits = String(rest)
        return "\(seconds)." + String(repeating: "0", count: 6 - digits.utf8.count) + digits + "000"
    }

    /// `Z` or `+hh:mm` at the very end.
    private static func offsetSeconds(_ bytes: [UInt8], _ start: Int) -> Int64? {
        guard start < bytes.count else { return nil }
        if bytes[start] == 90 || bytes[start] == 122 { return start + 1 == bytes.count ? 0 : nil }
        guard bytes[start] == 43 || bytes[start] == 45, start + 6 == bytes.count, bytes[start + 3] == 58,
            let hours = number(bytes, start + 1, 2), let minutes = number(bytes, start + 4, 2)
        else { return nil }
        return (hours * 60 + minutes) * 60 * (bytes[start] == 43 ? 1 : -1)
    }

    private static func number(_ bytes: [UInt8], _ start: Int, _ count: Int) -> Int64? {
        var value: Int64 = 0
        for byte in bytes[start..<start + count] {
            guard (48...57).contains(byte) else { return nil }
            value = value * 10 + Int64(byte - 48)
        }
        return value
    }

    /// Days from 1970-01-01 in the Gregorian calendar (Howard Hinnant's `days_from_civil`).
    private static func daysSinceEpoch(year: Int64, month: Int64, day: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}
