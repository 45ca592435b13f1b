import Basics
import Contract
import TestKit
import Testing

/// The check that every answer of the suite goes through: it refuses what is wrong.
@Suite struct ContractCheckTests {
    private typealias Exchange = ContractCheck.Exchange

    private static let good = Exchange(
        method: "GET", target: "/api/version?x=1", status: 200,
        headers: ["content-type": "application/json; charset=utf-8", "x-request-id": "a-1", "etag": "W/\"0\""],
        body: Array(#"{"version":"1","api_latest_version":"60","api_available_versions":[60]}"#.utf8))

    private func problems(_ change: (inout Exchange) -> Void) -> [String] {
        var exchange = Self.good
        change(&exchange)
        return ContractCheck.own.problems(exchange)
    }

    @Test func whatIsRightIsTaken() {
        #expect(problems { _ in }.isEmpty)
        #expect(
            problems {
                ($0.status, $0.body) = (422, Array(#"{"errors":["No."]}"#.utf8))
            }.isEmpty)
        #expect(
            problems {
                ($0.status, $0.headers["content-type"]) = (403, "application/problem+json")
                $0.body = Array(
                    #"{"type":"about:blank","title":"F","status":403,"detail":"a","errors":["a"],"request_id":"x"}"#
                        .utf8)
            }.isEmpty)
    }

    @Test(arguments: [
        "{}", "[]", "null", "", "{",
        #"{"version":"1","api_latest_version":"60"}"#,
        #"{"version":1,"api_latest_version":"60","api_available_versions":[60]}"#,
        #"{"version":null,"api_latest_version":"60","api_available_versions":[60]}"#,
        #"{"version":"1","api_latest_version":"60","api_available_versions":["60"]}"#,
        #"{"version":"1","api_latest_version":"60","api_available_versions":60}"#,
        #"{"version":"1","api_latest_version":"60","api_available_versions":[60],"more":1}"#,
    ])
    func aWrongBodyIsRefused(body: String) { #expect(!problems { $0.body = Array(body.utf8) }.isEmpty) }

    @Test func whatIsNotDocumentedIsRefused() {
        #expect(!problems { $0.status = 201 }.isEmpty)
        #expect(!problems { $0.status = 418 }.isEmpty)
        #expect(!problems { $0.headers["content-type"] = "text/plain" }.isEmpty)
        #expect(!problems { $0.headers["content-type"] = "text/html" }.isEmpty)
        #expect(!problems { $0.headers["content-type"] = nil }.isEmpty)
        #expect(!problems { $0.headers["x-request-id"] = nil }.isEmpty)
        #expect(!problems { $0.headers["ratelimit-limit"] = "many" }.isEmpty)
        // 405 says what is taken; 401 what is wanted; 304 has no body.
        #expect(
            !problems { ($0.method, $0.status, $0.body) = ("PUT", 405, Array(#"{"errors":["No."]}"#.utf8)) }.isEmpty)
        #expect(!problems { ($0.status, $0.body) = (401, Array(#"{"errors":["No."]}"#.utf8)) }.isEmpty)
        #expect(!problems { $0.status = 304 }.isEmpty)
        // Unknown calls are refused in our words.
        #expect(!problems { $0.target = "/api/nothing" }.isEmpty)
        #expect(!problems { ($0.target, $0.status) = ("/api/nothing", 404) }.isEmpty)
        // Refusals of OAuth are not ours, and the reverse.
        let ours = Array(#"{"errors":["No."]}"#.utf8)
        #expect(
            !problems { ($0.method, $0.target, $0.status, $0.body) = ("POST", "/api/oauth/token", 400, ours) }.isEmpty)
        let theirs = Array(#"{"error":"invalid_request","error_description":"No."}"#.utf8)
        #expect(!problems { ($0.status, $0.body) = (422, theirs) }.isEmpty)
    }

    /// What a schema can say is held against what comes.
    @Test(arguments: [
        (#"{"type":"string","format":"date-time"}"#, #""2026-01-31T09:05:00Z""#),
        (#"{"type":"string","format":"date-time"}"#, #""2026-01-31T09:05:00.000+01:00""#),
        (#"{"type":"string","format":"decimal"}"#, #""1e3""#),
        (#"{"type":"string","format":"made-up"}"#, #""x""#),
        (#"{"type":"string","enum":["a"]}"#, #""b""#),
        (#"{"type":"string","minLength":1}"#, #""""#),
        (#"{"type":"string","maxLength":1}"#, #""ab""#),
        (#"{"type":"integer"}"#, "1.5"),
        (#"{"type":"integer","minimum":1}"#, "0"),
        (#"{"type":"integer","maximum":1}"#, "2"),
        (#"{"type":"array","items":{},"minItems":1}"#, "[]"),
        (#"{"type":"object","additionalProperties":{"type":"string"}}"#, #"{"a":1}"#),
        (#"{"anyOf":[{"type":"string"},{"type":"null"}]}"#, "1"),
        (#"{"type":"string","uniqueItems":true}"#, #""x""#),
        (##"{"$ref":"#/components/schemas/Nothing"}"##, "1"),
    ])
    func aValueThatTheSchemaForbidsIsRefused(schema: String, value: String) throws {
        let document = """
            {"paths":{"/api/version":{"get":{"operationId":"x","responses":{"200":{"description":"",
            "content":{"application/json":{"schema":\(schema)}}}}}}}}
            """
        let check = try #require(ContractCheck(document))
        var exchange = Self.good
        exchange.body = Array(value.utf8)
        #expect(!check.problems(exchange).isEmpty)
    }
}
