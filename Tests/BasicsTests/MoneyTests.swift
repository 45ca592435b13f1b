import Basics
import Testing

@Suite struct MoneyTests {
    @Test(arguments: [
        ("0", 0 as Int64, "0.0"), ("0.01", 10_000_000, "0.01"), ("12", 12_000_000_000, "12.0"),
        ("-1.5", -1_500_000_000, "-1.5"), ("-0.000000001", -1, "-0.000000001"), ("007.10", 7_100_000_000, "7.1"),
        ("9223372036.854775807", .max, "9223372036.854775807"),
    ])
    func isReadAndWrittenExactly(text: String, nano: Int64, shortest: String) {
        #expect(Money(decimal: text)?.nano == nano)
        #expect(Money(nano: nano).decimal == shortest)
        #expect(Money(decimal: shortest)?.nano == nano)
    }

    @Test(arguments: [
        "", "-", ".", "1.", ".5", "+1", "1e3", "1,5", " 1", "1 ", "--1", "1.2.3", "1.-2", "0.0000000001", "\u{661}",
        "0x1",
        "9223372036.854775808", "99999999999999999999", "NaN",
    ])
    func refusesWhatIsNoPlainDecimalThatFits(_ text: String) {
        #expect(Money(decimal: text) == nil)
    }

    @Test func theSmallestNumberCanBeWritten() {
        #expect(Decimal9.text(.min) == "-9223372036.854775808")
    }

    @Test func amountsAreOrdered() throws {
        let less = try #require(Money(decimal: "0.9"))
        let more = try #require(Money(decimal: "0.91"))
        #expect(less < more)
        #expect(Money(nano: -1) < Money(nano: 0))
    }
}
