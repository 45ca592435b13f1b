import Basics
import Contract
import HTTPTypes
import Hummingbird
import Identity
import OAuth
import Operations
import SQL

/// Refusals that only HTTP knows.
enum HTTPFault: Error {
    case tooLarge(Int)
    case bodyTooSlow
    case notJSON
    case notForm
    case methodNotAllowed(String)
    case notAcceptable
    case unsupportedVersion(String)
    case unknownCall
    case badCredentials
    case noCredentials
    case badToken
    case insufficientScope(ScopeSet)
    case tokenInAddress
    case tooMany(RateBudget)
    case headersTooLarge
    case hasChanged
    case notConditional
    case notPlanned
    case encodedBody
}

/// What a refusal looks like on the wire.
struct Refusal {
    var status: HTTPResponse.Status
    var sentences: [String]
    var headers: [(HTTPField.Name, String)] = []
    /// For the log, when it is our mistake.
    var cause: String?
    /// RFC 6749 §5.2, when the authorization server itself refused.
    private var oauthError: OAuthProblem.Code?

    /// The one mapping of what an area says to HTTP.
    static func status(_ code: Fault.Code) -> HTTPResponse.Status {
        switch code {
        case .malformed: .badRequest
        case .unauthenticated: .unauthorized
        case .forbidden: .forbidden
        case .notFound: .notFound
        case .conflict: .conflict
        case .invalid: .unprocessableContent
        case .throttled: .tooManyRequests
        case .unavailable: .serviceUnavailable
        case .bug: .internalServerError
        }
    }

    init(_ error: any Error) {
        switch error {
        case let fault as Fault: self.init(fault)
        case let fault as HTTPFault: self.init(fault)
        case let problem as DatabaseProblem: self.init(problem)
        case let problem as OAuthProblem: self.init(problem)
        case is CancellationError: self = Self.unavailable
        default: self = Self.bug("\(error)")
        }
    }

    private init(status: HTTPResponse.Status, _ sentence: String, _ headers: [(HTTPField.Name, String)] = []) {
        self.status = status
        sentences = [sentence]
        self.headers = headers
    }

    private init(_ fault: Fault) {
        if fault.code == .bug {
            self = Self.bug(fault.logLine)
            return
        }
        status = Self.status(fault.code)
        sentences = fault.sentences
        if fault.code == .unavailable || fault.code == .throttled {
            headers = [(.retryAfter, String(fault.retrySeconds ?? 2))]
        }
    }

    private init(_ problem: DatabaseProblem) {
        switch problem {
        case .unavailable: self = Self.unavailable
        case .notUnique: self.init(status: .conflict, "Something with the same name exists already.")
        case .missingReference: self.init(status: .conflict, "Something that this depends on is gone, or still needed.")
        case .notAllowed, .mistake: self = Self.bug("\(problem)")
        }
    }

    private init(_ fault: HTTPFault) {
        switch fault {
        case .tooLarge(let limit):
            self.init(status: .contentTooLarge, RefusalSentences.tooLarge(limit))
        case .bodyTooSlow:
            self.init(status: .requestTimeout, RefusalSentences.bodyTooSlow, [(.connection, "close")])
        case .notJSON:
            self.init(status: .unsupportedMediaType, RefusalSentences.notJSON)
        case .notForm:
            self.init(status: .unsupportedMediaType, RefusalSentences.notForm)
        case .methodNotAllowed(let allow):
            self.init(status: .methodNotAllowed, "This path takes other methods: \(allow).", [(.allow, allow)])
        case .notAcceptable:
            self.init(status: .notAcceptable, RefusalSentences.notAcceptable)
        case .unsupportedVersion(let version):
            self.init(
                status: .unprocessableContent, RefusalSentences.unsupportedVersion(version),
                [(.apiVersionSupported, "false")])
        case .unknownCall:
            self.init(status: .notFound, "Unknown API Call. Please check the documentation.")
        case .badCredentials, .noCredentials:
            self.init(
                status: .unauthorized, RefusalSentences.notAuthorized, [(.wwwAuthenticate, #"Basic realm="Berth""#)])
        case .badToken:
            self.init(
                status: .forbidden, RefusalSentences.badToken,
                [(.wwwAuthenticate, #"Bearer realm="Berth", error="invalid_token""#)])
        case .insufficientScope(let scopes):
            let names = scopes.names.joined(separator: " ")
            self.init(
                status: .forbidden,
                "The access token does not have the scope \(scopes.names.joined(separator: " or ")).",
                [(.wwwAuthenticate, #"Bearer realm="Berth", error="insufficient_scope", scope="\#(names)""#)])
        case .hasChanged:
            self.init(status: .preconditionFailed, RefusalSentences.hasChanged)
        case .notConditional:
            self.init(
                status: .badRequest,
                "If-Match is not taken here, so the change was not made. It is taken by changes of what has an ETag.")
        case .notPlanned:
            self.init(
                status: .unprocessableContent, "This cannot be planned without being done. Leave dry_run out to do it.")
        case .encodedBody:
            self.init(
                status: .unsupportedMediaType, "Bodies are taken as they are. Send no Content-Encoding.",
                [(.acceptEncoding, "identity")])
        case .headersTooLarge:
            self.init(status: .requestHeaderFieldsTooLarge, RefusalSentences.headersTooLarge)
        case .tooMany(let budget):
            self.init(
                status: .tooManyRequests, RefusalSentences.tooMany(retryIn: budget.retrySeconds),
                [(.retryAfter, String(budget.retrySeconds))])
        case .tokenInAddress:
            self.init(status: .badRequest, "Tokens are taken in the Authorization header only, never in the address.")
        }
    }

    private init(_ problem: OAuthProblem) {
        switch problem.code {
        case .invalidClient:
            self.init(status: .unauthorized, problem.description, [(.wwwAuthenticate, #"Basic realm="Berth OAuth""#)])
        case .invalidToken:
            self.init(
                status: .unauthorized, problem.description,
                [(.wwwAuthenticate, #"Bearer realm="Berth", error="invalid_token""#)])
        case .invalidRequest, .invalidGrant, .invalidScope, .unauthorizedClient, .unsupportedGrantType, .accessDenied,
            .authorizationPending, .slowDown, .expiredToken:
            self.init(status: .badRequest, problem.description)
        case .serverError: self.init(status: .internalServerError, problem.description)
        case .temporarilyUnavailable:
            self.init(status: .serviceUnavailable, problem.description, [(.retryAfter, "30")])
        }
        oauthError = problem.code
    }

    private static let unavailable = Refusal(
        status: .serviceUnavailable, RefusalSentences.unavailable, [(.retryAfter, "2")])

    /// Nothing of the cause leaves the machine.
    private static func bug(_ cause: String) -> Refusal {
        var refusal = Refusal(
            status: .internalServerError, RefusalSentences.bug
        )
        refusal.cause = cause
        return refusal
    }

    /// `{"errors":[…]}`, or `{"error":…,"error_description":…}` where OAuth clients read it.
    func body(_ dialect: EndpointDialect) -> [UInt8] {
        var writer = JSONWriter(capacity: 256)
        writer.object { out in
            switch dialect {
            case .v60:
                out.key("errors")
                out.array { out in for sentence in sentences { out.value(sentence) } }
            case .oauth:
                out.key("error")
                out.value(oauthCode.rawValue)
                out.key("error_description")
                out.value(sentences.joined(separator: " "))
            }
        }
        return writer.finish()
    }

    /// RFC 9457, for whoever asks for it.
    func problem(_ requestID: String) -> [UInt8] {
        var writer = JSONWriter(capacity: 384)
        writer.object { out in
            out.key("type")
            out.value("about:blank")
            out.key("title")
            out.value(status.reasonPhrase)
            out.key("status")
            out.value(status.code)
            out.key("detail")
            out.value(sentences.joined(separator: " "))
            out.key("errors")
            out.array { out in for sentence in sentences { out.value(sentence) } }
            out.key("request_id")
            out.value(requestID)
        }
        return writer.finish()
    }

    private var oauthCode: OAuthProblem.Code {
        if let oauthError { return oauthError }
        switch status.code {
        case 429, 503: return .temporarilyUnavailable
        case 500...: return .serverError
        default: return .invalidRequest
        }
    }
}

extension HTTPField.Name {
    static let requestID = known("X-Request-Id")
    static let apiVersionSupported = known("API-Version-Supported")
    static let perPage = known("Per-Page")
    static let total = known("Total")
    static let linkToPages = known("Link")
    static let idempotencyKey = known("Idempotency-Key")
    static let idempotencyReplayed = known("Idempotency-Replayed")
    static let prefer = known("Prefer")
    static let preferenceApplied = known("Preference-Applied")
    static let forwardedFor = known("X-Forwarded-For")
    static let rateLimit = known("RateLimit")
    static let rateLimitPolicy = known("RateLimit-Policy")
    static let rateLimitLimit = known("RateLimit-Limit")
    static let rateLimitRemaining = known("RateLimit-Remaining")
    static let rateLimitReset = known("RateLimit-Reset")

    private static func known(_ name: String) -> HTTPField.Name {
        guard let name = HTTPField.Name(name) else { preconditionFailure("\(name) is a header name.") }
        return name
    }
}
