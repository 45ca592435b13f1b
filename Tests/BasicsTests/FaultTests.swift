import Basics
import Testing

@Suite struct FaultTests {
    private struct Cause: Error, CustomStringConvertible {
        let description = "the disk is full"
    }

    @Test func theLogLineSaysWhereWhatAndWhy() {
        let fault = Fault(.unavailable, ["It failed.", "Try again."], cause: Cause())
            .during("writing the file").during("saving project 7")
        #expect(fault.trail == ["saving project 7", "writing the file"])
        #expect(fault.logLine == "saving project 7: writing the file: It failed. Try again.: the disk is full")
        #expect(fault.sentences == ["It failed.", "Try again."])
    }

    @Test func thereIsAlwaysASentence() {
        #expect(Fault(.invalid, []).sentences.count == 1)
    }

    @Test func onlyWhatMayPassByItselfIsTransient() {
        #expect(Fault.Code.allCases.filter { Fault($0, "x").isTransient } == [.throttled, .unavailable])
    }

    @Test func duringAddsToAFaultAndHidesOtherErrors() async throws {
        let known = await #expect(throws: Fault.self) {
            try await during("outer") { try await during("inner") { throw Fault(.conflict, "No.") } }
        }
        #expect(known?.code == .conflict)
        #expect(known?.trail == ["outer", "inner"])
        let unknown = await #expect(throws: Fault.self) { try await during("outer") { throw Cause() } }
        #expect(unknown?.code == .bug)
        #expect(unknown?.sentences.joined().contains("disk") == false)
        #expect(unknown?.logLine.contains("the disk is full") == true)
        let five = try await during("outer") { 5 }
        #expect(five == 5)
    }

    @Test func cancellationStaysCancellation() async {
        await #expect(throws: CancellationError.self) { try await during("outer") { throw CancellationError() } }
    }
}
