import API
import Basics
import Contract
import Foundation
import Identity
import TestKit
import Testing
import Workloads

/// The contract as a whole: complete, printed, and kept by every answer.
@Suite struct ContractTests {
    @Test func everyEndpointHasAHandler() async throws {
        try await APIWorld.with(.sqlite) { world in
            for endpoint in Contract.all {
                let reply = try await world.send("OPTIONS", world.fill(endpoint.path))
                #expect(reply.status == 200, "\(endpoint.id) at \(endpoint.path)")
                let allowed = reply.headers["allow"] ?? ""
                for method in endpoint.methods { #expect(allowed.contains(method.rawValue), "\(endpoint.id)") }
            }
        }
    }

    @Test func idsAndRoutesAreUnique() {
        let ids = Contract.all.map(\.id)
        #expect(Set(ids).count == ids.count)
        let routes = Contract.all.flatMap { endpoint in endpoint.methods.map { "\($0.rawValue) \(endpoint.path)" } }
        #expect(Set(routes).count == routes.count)
    }

    /// What the contract says of bounds and words that an area decides.
    @Test func theContractSaysWhatTheAreasDo() {
        #expect(EndpointLimits.idempotencyKeyBytesMax == IdempotencyKeys.Limits.nameBytesMax)
        #expect(PowerWord.allCases.map(\.rawValue) == PowerAction.allCases.map(\.rawValue))
        #expect(Set(OpenAPI.tagSummaries.keys) == Set(Contract.all.map(\.tag)))
    }

    /// Two shapes under one name would be one in the document.
    @Test func everyShapeHasANameOfItsOwn() {
        var shapes: [String: Set<Schema>] = [:]
        func note(_ schema: Schema?) {
            switch schema {
            case .object(let name, let fields):
                if let schema { shapes[name, default: []].insert(schema) }
                for field in fields { note(field.schema) }
            case .array(let inner), .map(let inner), .nullable(let inner), .bounded(let inner, _): note(inner)
            default: break
            }
        }
        for endpoint in Contract.all {
            note(endpoint.bodySchema())
            note(endpoint.answerSchema())
        }
        #expect(shapes.count > 40)
        for (name, found) in shapes { #expect(found.count == 1, "\(name)") }
    }

    @Test func theCommittedDocumentIsCurrent() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../..")
        let committed = try String(contentsOf: root.appending(path: "docs/openapi.json"), encoding: .utf8)
        let current = OpenAPI.document()
        #expect(committed == current, "The API has changed. Run: berth openapi > docs/openapi.json")
        #expect(JSONValue(stored: current)?["openapi"]?.text == "3.1.0")
    }

    /// Every member of every answer is in its schema, and every member of the schema is in the answer.
    @Test(arguments: TestDialect.allCases) func answersHaveTheShapeOfTheContract(dialect: TestDialect) async throws {
        try await APIWorld.with(dialect) { world in
            for endpoint in Contract.all where endpoint.method == .get && endpoint.dialect == .v60 {
                if endpoint.id == "openapi_view" { continue }
                let role: APIWorld.Role =
                    endpoint.access == .account(scopes: .admin)
                    ? .administrator : endpoint.id == "collaboration_view" ? .collaborator : .owner
                let reply = try await world.send("GET", world.fill(endpoint.path), as: role)
                #expect(reply.status == endpoint.success, "\(endpoint.id): \(reply.text)")
                guard let schema = endpoint.answerSchema(), let json = reply.json else {
                    Issue.record("\(endpoint.id) answered \(reply.text)")
                    continue
                }
                let problems = ShapeCheck.problems(json, schema, at: endpoint.id)
                #expect(problems.isEmpty, "\(problems.joined(separator: "\n"))")
            }
        }
    }
}
