import Basics
import Testing

@testable import Workloads

struct CrashPolicyTests {
    private let start = Moment(milliseconds: 1_790_000_000_000)

    @Test func crashesCloseTogetherAreCountedAndTheSixthIsTheLast() {
        var record = CrashPolicy.Record(count: 0, lastAt: nil)
        for number in 1...5 {
            record = CrashPolicy.after(record, at: start.advanced(by: .seconds(number * 60)))
            #expect(record.count == Int64(number))
            #expect(!CrashPolicy.isOver(record))
        }
        record = CrashPolicy.after(record, at: start.advanced(by: .seconds(360)))
        #expect(CrashPolicy.isOver(record))
    }

    @Test func aLongQuietTimeBeginsANewSeries() {
        let old = CrashPolicy.Record(count: 5, lastAt: start)
        let later = start.advanced(by: .seconds(CrashPolicy.windowSeconds))
        #expect(CrashPolicy.after(old, at: later).count == 1)
    }

    @Test func theFirstRecoveryIsImmediateAndLaterOnesWaitLonger() {
        let waits = (1...6).map { count in
            CrashPolicy.nextAttempt(.init(count: count, lastAt: start)).milliseconds - start.milliseconds
        }
        #expect(waits == [0, 2000, 5000, 15_000, 30_000, 30_000])
    }
}
