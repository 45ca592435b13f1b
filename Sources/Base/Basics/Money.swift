/// An exact amount in units of 10⁻⁹ of a currency unit. Never a floating-point number.
package struct Money: Hashable, Comparable, Sendable {
    /// Billionths of the currency unit.
    package var nano: Int64

    package init(nano: Int64) { self.nano = nano }

    /// Parses `-?digits[.digits]` with at most nine decimals. Answers nil for anything else, overflow included.
    package init?(decimal text: String) {
        guard let nano = Decimal9.parse(text) else { return nil }
        self.nano = nano
    }

    package static func < (a: Money, b: Money) -> Bool { a.nano < b.nano }

    /// The wire form: a decimal with at least one digit after the point, `"0.01"`, `"12.0"`.
    package var decimal: String { Decimal9.text(nano) }
}

/// Fixed-point decimals with nine places, as text. Used for money and for CPU counts.
package enum Decimal9 {
    /// Value × 10⁹, or nil when `text` is not a plain decimal that fits.
    package static func parse(_ text: String) -> Int64? {
        var digits = Substring(text)
        let negative = digits.first == "-"
        if negative { digits = digits.dropFirst() }
        let parts = digits.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard let whole = parts.first, !whole.isEmpty, parts.count < 2 || !parts[1].isEmpty else { return nil }
        let fraction = parts.count == 2 ? parts[1] : ""
        guard fraction.utf8.count <= 9 else { return nil }
        var value: Int64 = 0
        let padding = String(repeating: "0", count: 9 - fraction.utf8.count)
        for byte in (String(whole) + fraction + padding).utf8 {
            guard byte >= 48, byte <= 57 else { return nil }
            let (product, over1) = value.multipliedReportingOverflow(by: 10)
            let (sum, over2) = product.addingReportingOverflow(Int64(byte - 48))
            if over1 || over2 { return nil }
            value = sum
        }
        return negative ? -value : value
    }

    /// The shortest decimal that means `nano` × 10⁻⁹, with at least one digit after the point.
    package static func text(_ nano: Int64) -> String {
        let magnitude = nano.magnitude
        let (whole, rest) = magnitude.quotientAndRemainder(dividingBy: 1_000_000_000)
        var fraction = String(rest)
        fraction = String(repeating: "0", count: 9 - fraction.utf8.count) + fraction
        while fraction.utf8.count > 1, fraction.hasSuffix("0") { fraction.removeLast() }
        return "\(nano < 0 ? "-" : "")\(whole).\(fraction)"
    }
}
