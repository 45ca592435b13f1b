import Basics
import Testing

@Suite struct RandomTests {
    @Test(arguments: [0, 1, 20, 64])
    func tokensHaveTheirLengthAndAlphabet(count: Int) {
        let token = Random.token(count)
        #expect(token.utf8.count == count)
        #expect(token.wholeMatch(of: /[0-9A-Za-z]*/) != nil)
    }

    @Test func passwordsHaveADigitAndNothingToEscape() {
        for _ in 0..<50 { #expect(Random.password().wholeMatch(of: /[0-9A-Za-z]{19}[0-9]/) != nil) }
    }

    @Test func uuidsAreOfVersionFourAndDiffer() {
        let all = (0..<200).map { _ in Random.uuid() }
        #expect(Set(all).count == all.count)
        for uuid in all {
            #expect(
                uuid.wholeMatch(of: /[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/) != nil)
        }
    }
}
