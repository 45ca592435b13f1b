package import Basics

/// One route of the API as a value: what routing, decoding, the OpenAPI document and the coverage tests are made from.
///
/// `Input` is the body's type (``Nothing`` when there is none), `Output` the answer's.
package struct Endpoint<Input: Decodable & Sendable, Output: Codable & Sendable>: Sendable {
    package let about: EndpointDescription

    package init(
        _ method: EndpointMethod, _ path: String, also alternatives: [EndpointMethod] = [], id: String,
        _ summary: String, access: EndpointAccess, dialect: EndpointDialect = .v60, success: Int = 200,
        paging: Paging = .none,
        query: [QueryParameter] = [], planned: Bool = false, conditional: Bool = false, faults: [Int] = [],
        documentedBody: Schema? = nil, example: String? = nil,
        bodyBytesMax: Int = EndpointLimits.bodyBytesMax
    ) {
        let needsBody = Input.self != Nothing.self
        about = EndpointDescription(
            method: method, alternatives: alternatives, path: path, id: id, summary: summary, access: access,
            dialect: dialect, success: success, paging: paging, query: query + (planned ? [.dryRun] : []),
            isConditional: conditional, faults: faults + (conditional ? [412] : []), takesBody: needsBody,
            bodyIsOptional: Input.self is any OptionalBody.Type, bodyBytesMax: bodyBytesMax,
            example: example ?? (needsBody ? Example.json(ofInput: Input.self) : nil),
            answerExample: { Output.self == Nothing.self ? nil : Example.json(of: Output.self) },
            plannedExample: { planned ? Example.json(ofPlanFor: Output.self, by: method) : nil },
            bodySchema: { needsBody ? documentedBody ?? Schema.of(Input.self) : nil },
            answerSchema: { Output.self == Nothing.self ? nil : Schema.of(Output.self) })
    }
}

/// An ``Endpoint`` without its types.
package struct EndpointDescription: Sendable {
    package let method: EndpointMethod
    /// Methods that mean the same: clients send them.
    package let alternatives: [EndpointMethod]
    /// `/api/projects/{project_id}`
    package let path: String
    /// The operation id: the noun first, `project_list`.
    package let id: String
    package let summary: String
    package let access: EndpointAccess
    package let dialect: EndpointDialect
    /// Status of success.
    package let success: Int
    package let paging: Paging
    package let query: [QueryParameter]
    /// `If-Match` says which state of the thing a change is meant for.
    package let isConditional: Bool
    /// Statuses beyond those that every route can answer.
    package let faults: [Int]
    package let takesBody: Bool
    /// An empty body means "all defaults".
    package let bodyIsOptional: Bool
    /// Larger bodies get 413.
    package let bodyBytesMax: Int
    /// A body that works, as JSON.
    package let example: String?
    /// An answer of success, as JSON; nil when it has no body.
    package let answerExample: @Sendable () -> String?
    /// What `dry_run` answers, as JSON; nil when nothing can be planned.
    package let plannedExample: @Sendable () -> String?
    package let bodySchema: @Sendable () -> Schema?
    package let answerSchema: @Sendable () -> Schema?

    /// With `dry_run` it answers 200 and the plan.
    package var isPlanned: Bool { query.contains(.dryRun) }
    package var methods: [EndpointMethod] { [method] + alternatives }
    /// The first folder of the path.
    package var tag: String {
        let parts = path.split(separator: "/")
        return parts.first == "api" && parts.count > 1 ? String(parts[1]) : String(parts.first ?? "")
    }
    /// Who may call is asked of clients of OAuth, with their own credentials.
    package var isForClients: Bool { dialect == .oauth && takesBody }
    /// It looks at the token in the header by itself, for OAuth's dialect of refusals.
    package var isForTokens: Bool { dialect == .oauth && !takesBody && faults.contains(401) }
    /// `["project_id"]`
    package var pathParameters: [String] {
        path.split(separator: "/").filter { $0.hasPrefix("{") }.map { String($0.dropFirst().dropLast()) }
    }
}

package enum EndpointMethod: String, Sendable, Hashable, CaseIterable {
    case get = "GET"
    case post = "POST"
    case put = "PUT"
    case patch = "PATCH"
    case delete = "DELETE"
}

/// Who may call.
package enum EndpointAccess: Sendable, Hashable {
    /// Everybody, without credentials.
    case anonymous
    /// Every account; a token needs one of these scopes.
    case account(scopes: ScopeSet)
}

/// Whose manners an endpoint has.
package enum EndpointDialect: Sendable, Hashable {
    /// JSON bodies, `{"errors":[…]}`, credentials of accounts.
    case v60
    /// RFC 6749: form bodies (JSON is taken too), `{"error":…, "error_description":…}`, credentials of clients, which
    /// the handler checks.
    case oauth
}

/// Whether an endpoint answers page by page.
package enum Paging: Sendable, Hashable {
    case none
    /// Always.
    case always
    /// Only when the client asks; otherwise everything, up to ``EndpointLimits/unpagedRowsMax``.
    case onRequest
}

/// A query parameter beyond `page` and `per_page`.
package struct QueryParameter: Sendable, Hashable {
    package let name: String
    package let schema: Schema
    package let summary: String
    /// Bounds of a number, which the server keeps.
    package let range: ClosedRange<Int64>?

    /// Of changes that can be planned without being made.
    package static let dryRun = QueryParameter(
        "dry_run", .string(format: nil, choices: ["true", "false", "1", "0", ""]),
        "true: answer 200 with the plan and change nothing.")

    /// One of some words. Empty is the same as left out: forms send it.
    static func word<Word: WireWord>(_ name: String, _ type: Word.Type, _ summary: String) -> QueryParameter {
        QueryParameter(name, .string(format: nil, choices: Word.allCases.map(\.rawValue) + [""]), summary)
    }

    package init(_ name: String, _ schema: Schema, _ summary: String, range: ClosedRange<Int64>? = nil) {
        self.name = name
        self.schema = schema
        self.summary = summary
        self.range = range
    }
}

/// Bounds that hold for every endpoint unless it names its own.
package enum EndpointLimits {
    /// Bytes of a body. The largest known order is below 100 kB.
    package static let bodyBytesMax = 1_048_576
    /// Bytes of a form of a page.
    package static let formBytesMax = 65_536
    /// Rows of a list that v60 does not paginate, when the client does not ask for a page.
    package static let unpagedRowsMax = 1000
    /// Bytes of the request target.
    package static let targetBytesMax = 8192
    /// Bytes of all header fields, names and values, together (431).
    package static let headerBytesMax = 16_384
    /// Bytes of an `Idempotency-Key`. A UUID has 36.
    package static let idempotencyKeyBytesMax = 255
    /// Seconds until a body must have arrived completely (408).
    package static let bodySecondsMax = 30
}

/// No body, or no answer.
package struct Nothing: Codable, Sendable, Hashable {
    package init() {}
}

/// A body that may be left out.
package protocol OptionalBody: Decodable {
    init()
}

/// `{}`: done or accepted, nothing to say.
package struct Acknowledgement: Codable, Sendable, Hashable {
    package init() {}
}
