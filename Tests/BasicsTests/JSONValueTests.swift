import Basics
import Testing

@Suite struct JSONValueTests {
    @Test func readsEveryKindOfValue() throws {
        let text = #" {"a":[1,-2,2.5,1e3,true,false,null,"x\n\u00e9\ud83d\ude00\/"],"b":{}} "#
        let value = try JSONValue(parsing: text.utf8)
        #expect(
            value
                == .object([
                    "a": .array([
                        .int(1), .int(-2), .number(2.5), .number(1000), .bool(true), .bool(false), .null,
                        .string("x\n\u{e9}\u{1F600}/"),
                    ]), "b": .object([:]),
                ]))
        #expect(value.compact == #"{"a":[1,-2,2.5,1000.0,true,false,null,"x\n"# + "\u{e9}\u{1F600}" + #"/"],"b":{}}"#)
    }

    @Test(arguments: [
        "", "{", "[1,]", "{\"a\":1,}", "01", "1.", "-", "1e", "\"a", "\"\u{1}\"", "tru", "nul", "{a:1}", "[1 2]", "1 2",
        #""\ud800""#, #""\ud800A""#, #""\u12g4""#, #""\x""#, "1e999", #""\u0000""#,
        String(repeating: "[", count: 40),
    ])
    func refusesWhatIsNotJSON(_ text: String) {
        #expect(throws: JSONProblem.self) { try JSONValue(parsing: text.utf8) }
    }

    @Test func refusesTextThatIsNotUTF8() {
        #expect(throws: JSONProblem.self) { try JSONValue(parsing: [0x22, 0xFF, 0x22] as [UInt8]) }
    }

    @Test func aNumberTooLargeFor64BitsIsANumberStill() throws {
        #expect(try JSONValue(parsing: "18446744073709551616".utf8) == .number(18_446_744_073_709_551_616))
    }
}
