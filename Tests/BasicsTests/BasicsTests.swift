import Testing

@testable import Basics

struct MomentTests {
    @Test(arguments: [
        (0, "1970-01-01T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"),
        (951_782_400_000, "2000-02-29T00:00:00.000Z"),
        (1_795_461_631_004, "2026-11-23T19:20:31.004Z"), (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
    ])
    func timesAreWrittenAsRFC3339(milliseconds: Int64, text: String) {
        #expect(Moment(milliseconds: milliseconds).rfc3339 == text)
    }
}

struct Decimal9Tests {
    @Test(arguments: [("0", 0), ("0.01", 10_000_000), ("-1.5", -1_500_000_000), ("9223372036.854775807", Int64.max)])
    func decimalsAreExact(text: String, nano: Int64) {
        #expect(Decimal9.parse(text) == nano)
        #expect(Decimal9.parse(Decimal9.text(nano)) == nano)
    }

    @Test(arguments: ["", ".", "1.", ".5", "1e3", "+1", "0.0000000001", "9223372036.854775808", "٣", "1 "])
    func whatIsNoDecimalIsRefused(text: String) { #expect(Decimal9.parse(text) == nil) }
}

struct JSONWriterTests {
    @Test func commasAndEscapesAreRight() {
        var json = JSONWriter()
        json.object { json in
            json.key("a")
            json.value("q\"\\\n\u{1}é")
            json.key("b")
            json.array { json in
                json.value(Int64.min)
                json.null()
                json.value(true)
                json.value(Double.nan)
            }
        }
        #expect(
            String(decoding: json.bytes, as: UTF8.self)
                == #"{"a":"q\"\\\n\u0001é","b":[-9223372036854775808,null,true,null]}"#)
    }
}

struct RandomTests {
    @Test func uuidsAreVersionFour() {
        let text = Random.uuid()
        let parts = text.split(separator: "-").map(\.count)
        #expect(parts == [8, 4, 4, 4, 12])
        #expect(text.dropFirst(14).first == "4")
        #expect("89ab".contains(text.dropFirst(19).first ?? " "))
    }

    @Test func passwordsHaveADigitAndDiffer() {
        let words = (0..<100).map { _ in Random.password() }
        #expect(Set(words).count == 100)
        #expect(words.allSatisfy { $0.contains(where: \.isNumber) && $0.count == 20 })
    }
}
