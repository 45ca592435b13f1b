import Basics
import Contract
import TestKit
import Testing

/// What compares every answer with the document must itself refuse what is wrong.
@Suite struct ContractCheckTests {
    private func problems(
        _ method: String, _ target: String, _ status: Int, _ text: String, _ type: String? = "application/json"
    ) -> [String] {
        ContractCheck.problems(method, target, .init(status: status, contentType: type, text: text))
    }

    private static let version = #"{"version":"1","api_latest_version":"60","api_available_versions":[60]}"#

    @Test func whatIsRightIsLetThrough() {
        #expect(problems("GET", "/api/version", 200, Self.version).isEmpty)
        #expect(problems("GET", "/api/version?x=1", 401, #"{"errors":["Not Authorized"]}"#).isEmpty)
        #expect(problems("HEAD", "/api/version", 200, "").isEmpty)
        #expect(problems("POST", "/api/oauth/token", 400, #"{"error":"x","error_description":"y"}"#).isEmpty)
        // Not in the contract at all.
        #expect(problems("GET", "/api/unheard/of", 404, "x").isEmpty)
        #expect(problems("GET", "/api/projects/x", 404, "x").isEmpty)
    }

    @Test(arguments: [
        ("GET", "/api/version", 200, #"{"version":"1","api_latest_version":"60"}"#),
        ("GET", "/api/version", 200, #"{"version":1,"api_latest_version":"60","api_available_versions":[60]}"#),
        ("GET", "/api/version", 200, #"{"version":"1","api_latest_version":"60","api_available_versions":[60],"x":1}"#),
        ("GET", "/api/version", 200, "[]"), ("GET", "/api/version", 200, ""), ("GET", "/api/version", 418, "{}"),
        ("GET", "/api/projects/7", 404, #"{"error":"x"}"#), ("GET", "/api/projects/7", 404, ""),
        ("GET", "/api/projects/7", 404, #"{"errors":[]}"#), ("GET", "/api/projects/7", 404, #"{"errors":[1]}"#),
        ("GET", "/api/projects/7", 404, #"{"errors":["x"],"more":1}"#), ("HEAD", "/api/version", 200, "x"),
        ("POST", "/api/oauth/token", 400, #"{"errors":["x"]}"#),
        ("DELETE", "/api/projects/7/collaborators/1", 202, "{}"),
    ])
    func whatIsWrongIsRefused(method: String, target: String, status: Int, text: String) {
        #expect(!problems(method, target, status, text).isEmpty, "\(method) \(target) \(status) \(text)")
    }

    @Test func anotherTypeOfContentIsRefused() {
        #expect(!problems("GET", "/api/version", 200, Self.version, "text/plain").isEmpty)
        #expect(!problems("GET", "/api/version", 200, Self.version, nil).isEmpty)
    }
}
