import Basics
import Testing

@Suite struct JSONWriterTests {
    private func written(_ body: (inout JSONWriter) -> Void) -> String {
        var writer = JSONWriter(capacity: 0)
        body(&writer)
        return String(decoding: writer.finish(), as: UTF8.self)
    }

    @Test func placesCommasBetweenMembersOfEveryKind() {
        let text = written { json in
            json.object { json in
                json.key("empty")
                json.object { _ in }
                json.key("list")
                json.array { json in
                    json.value(1)
                    json.value("two")
                    json.null()
                    json.value(true)
                    json.array { _ in }
                    json.value(2.5)
                }
                json.key(text: "a \"name\"")
                json.value(nil as String?)
                json.key { $0.append(contentsOf: "made".utf8) }
                json.value(Moment(milliseconds: 0))
                json.key("raw")
                json.value(rawJSON: "[1,2]")
                json.key("last")
                json.value(nil as Int64?)
            }
        }
        #expect(
            text == #"{"empty":{},"list":[1,"two",null,true,[],2.5],"a \"name\"":null,"#
                + #""made":"1970-01-01T00:00:00.000Z","raw":[1,2],"last":null}"#)
    }

    @Test func openAndCloseAreTheSameAsAClosure() {
        let text = written { json in
            json.open(.array)
            for _ in 0..<2 {
                json.open(.object)
                json.close(.object)
            }
            json.close(.array)
        }
        #expect(text == "[{},{}]")
    }

    @Test func aBeginningIsEscapedOnceAndSharedByManyStrings() {
        let beginning = JSONWriter.Beginning(#"a "b"/"#)
        let text = written { json in
            json.array { json in for number in [7, -12] { json.value(beginning, Int64(number), "/c") } }
        }
        #expect(text == #"["a \"b\"/7/c","a \"b\"/-12/c"]"#)
    }

    @Test func aWriterGrowsAndCanBeUsedAgain() {
        var writer = JSONWriter(capacity: 0)
        let long = String(repeating: "x", count: 5000)
        for _ in 0..<2 {
            writer.array { json in for _ in 0..<3 { json.value(long) } }
            #expect(String(decoding: writer.finish(), as: UTF8.self) == "[\"\(long)\",\"\(long)\",\"\(long)\"]")
        }
    }

    @Test(arguments: [Int64.min, -1, 0, 9, 10, .max])
    func everyWholeNumberIsWrittenInFull(number: Int64) {
        #expect(written { $0.value(number) } == String(number))
    }

    @Test(arguments: [Double.nan, .infinity, -.infinity])
    func whatJSONCannotSayIsNull(number: Double) {
        #expect(written { $0.value(number) } == "null")
    }

    @Test func everyControlCharacterQuoteAndBackslashIsEscapedAndReadBack() throws {
        let all = String(String.UnicodeScalarView((1..<0x30).compactMap { Unicode.Scalar(UInt32($0)) }))
        let text = "\u{0}" + all + "\\\"/é\u{1F600}\u{2028}"
        let json = written { $0.value(text) }
        #expect(json.utf8.allSatisfy { $0 >= 0x20 })
        #expect(json.hasPrefix(#""\u0000\u0001"#))
        #expect(json.contains(#"\u001f"#))
        let readable = written { $0.value(String(text.dropFirst())) }
        #expect(try JSONValue(parsing: readable.utf8) == .string(String(text.dropFirst())))
    }

    /// The day of the time before is copied: it must be that day, wherever the bytes have moved meanwhile.
    @Test func timesOfOneDayAndOfOthersAreWrittenInFull() throws {
        let day: Int64 = 86_400_000
        let moments = [0, 1, day - 1, day, day + 5, -1, -day, 0, 951_782_400_000, 951_782_399_999, 253_402_300_799_999]
            .map(Moment.init(milliseconds:))
        var writer = JSONWriter(capacity: 16)
        for round in 0..<2 {
            writer.array { out in for moment in moments { out.value(moment) } }
            let text = String(decoding: writer.finish(), as: UTF8.self)
            #expect(text == "[" + moments.map { "\"\($0.rfc3339)\"" }.joined(separator: ",") + "]", "round \(round)")
        }
        #expect(moments.map(\.rfc3339).prefix(4).last == "1970-01-02T00:00:00.000Z")
        #expect(moments.map(\.rfc3339).last == "9999-12-31T23:59:59.999Z")
        #expect(Moment(milliseconds: 951_782_399_999).rfc3339 == "2000-02-28T23:59:59.999Z")
    }
}
