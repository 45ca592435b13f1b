extension Moment {
    /// Reads a time as RFC 3339 §5.6 writes it, with any offset: `2027-01-31T12:00:00+01:00`. What is finer than a
    /// millisecond is cut off; a leap second is the second after it. nil for anything else, days that no calendar has
    /// included.
    package init?(rfc3339 text: String) {
        var reader = DigitReader(bytes: Array(text.utf8))
        guard let year = reader.number(4), reader.take("-"), let month = reader.number(2), reader.take("-"),
            let day = reader.number(2), reader.take("T") || reader.take("t") || reader.take(" "),
            let hour = reader.number(2), reader.take(":"), let minute = reader.number(2), reader.take(":"),
            let second = reader.number(2), (1...12).contains(month), (1...Self.days(of: month, in: year)).contains(day),
            hour < 24, minute < 60, second <= 60
        else { return nil }
        guard let milliseconds = reader.take(".") ? reader.fraction() : 0, let offset = reader.offsetMinutes(),
            reader.isAtEnd
        else { return nil }
        let minutes = (Self.days(to: year, month, day) * 24 + hour) * 60 + minute - offset
        self.init(milliseconds: (minutes * 60 + second) * 1000 + milliseconds)
    }

    private static func days(of month: Int64, in year: Int64) -> Int64 {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Days from 1970-01-01; the other way round of what ``rfc3339`` does.
    private static func days(to year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let (era, yearOfEra) = shifted.floorDivided(by: 400)
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}

/// Numbers of a fixed width and what stands between them.
private struct DigitReader {
    let bytes: [UInt8]
    var at = 0

    var isAtEnd: Bool { at == bytes.count }

    mutating func take(_ character: Character) -> Bool {
        guard at < bytes.count, bytes[at] == character.asciiValue else { return false }
        at += 1
        return true
    }

    mutating func number(_ width: Int) -> Int64? {
        guard bytes.count - at >= width else { return nil }
        var value: Int64 = 0
        for byte in bytes[at..<at + width] {
            guard (48...57).contains(byte) else { return nil }
            value = value * 10 + Int64(byte - 48)
        }
        at += width
        return value
    }

    /// Milliseconds of any number of decimals; nil when there is none.
    mutating func fraction() -> Int64? {
        let digits = bytes[at...].prefix { (48...57).contains($0) }
        at += digits.count
        var value: Int64 = 0
        for place in 0..<3 {
            value = value * 10 + (place < digits.count ? Int64(digits[digits.startIndex + place] - 48) : 0)
        }
        return digits.isEmpty ? nil : value
    }

    /// `Z`, or hours and minutes east of Greenwich.
    mutating func offsetMinutes() -> Int64? {
        if take("Z") || take("z") { return 0 }
        let isEast = take("+")
        guard isEast || take("-"), let hours = number(2), take(":"), let minutes = number(2), hours < 24, minutes < 60
        else { return nil }
        return (hours * 60 + minutes) * (isEast ? 1 : -1)
    }
}
