import Basics
import Testing

@Suite struct MomentTests {
    @Test(arguments: [
        (0 as Int64, "1970-01-01T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"),
        (951_782_400_000, "2000-02-29T00:00:00.000Z"), (951_868_799_999, "2000-02-29T23:59:59.999Z"),
        (4_107_542_400_000, "2100-03-01T00:00:00.000Z"), (1_790_000_000_004, "2026-09-21T14:13:20.004Z"),
        (253_402_300_799_999, "9999-12-31T23:59:59.999Z"), (-62_167_219_200_000, "0000-01-01T00:00:00.000Z"),
    ])
    func isWrittenAsRFC3339(milliseconds: Int64, text: String) {
        #expect(Moment(milliseconds: milliseconds).rfc3339 == text)
    }

    @Test func movesByDurationsOfEitherSign() {
        let start = Moment(milliseconds: 1000)
        #expect(start.advanced(by: .seconds(2)).milliseconds == 3000)
        #expect(start.advanced(by: .seconds(-2)).milliseconds == -1000)
        #expect(start.advanced(by: .milliseconds(1)) > start)
        #expect(start.advanced(by: .microseconds(999)) == start)
    }

    @Test func aManualClockMovesOnlyWhenTold() {
        let clock = ManualWallClock(Moment(milliseconds: 5))
        #expect(clock.now() == clock.now())
        clock.advance(by: .seconds(1))
        #expect(clock.now() == Moment(milliseconds: 1005))
        clock.advance(by: .seconds(-1))
        #expect(clock.now() == Moment(milliseconds: 5))
    }
}
