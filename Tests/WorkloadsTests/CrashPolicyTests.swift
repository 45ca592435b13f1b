import Basics
import Testing
import Workloads

@Suite struct CrashPolicyTests {
    private let now = Moment(milliseconds: 1_790_000_000_000)

    @Test func theFirstCrashBeginsASeries() {
        let record = CrashPolicy.after(CrashPolicy.Record(count: 0, lastAt: nil), at: now)
        #expect(record == CrashPolicy.Record(count: 1, lastAt: now))
        #expect(!CrashPolicy.isOver(record))
        #expect(CrashPolicy.nextAttempt(record) == now)
    }

    @Test func crashesWithinTheWindowBelongTogether() {
        let first = CrashPolicy.Record(count: 3, lastAt: now)
        let inside = now.advanced(by: .seconds(CrashPolicy.windowSeconds) - .milliseconds(1))
        let outside = now.advanced(by: .seconds(CrashPolicy.windowSeconds))
        #expect(CrashPolicy.after(first, at: inside) == CrashPolicy.Record(count: 4, lastAt: inside))
        #expect(CrashPolicy.after(first, at: outside) == CrashPolicy.Record(count: 1, lastAt: outside))
    }

    /// What one container goes through: ever longer pauses, then the end.
    @Test func pausesGrowUntilTheSeriesEnds() {
        var record = CrashPolicy.Record(count: 0, lastAt: nil)
        var time = now
        var pauses: [Int64] = []
        while !CrashPolicy.isOver(record), pauses.count < 100 {
            record = CrashPolicy.after(record, at: time)
            let next = CrashPolicy.nextAttempt(record)
            pauses.append(next.milliseconds - time.milliseconds)
            time = next
        }
        #expect(pauses == [0, 2000, 5000, 15_000, 30_000, 30_000])
        #expect(record.count == Int64(CrashPolicy.crashesMax))
    }

    @Test(arguments: [-1, 0, Int64.max])
    func aRecordThatCannotBeDoesNotTrap(count: Int64) {
        let record = CrashPolicy.Record(count: count, lastAt: nil)
        #expect(CrashPolicy.isOver(record) == (count > 0))
        #expect(CrashPolicy.nextAttempt(record).milliseconds >= 0)
    }
}
