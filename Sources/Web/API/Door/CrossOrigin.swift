import HTTPTypes
import Hummingbird

/// Which web pages of other origins may call the API from a browser
/// (https://fetch.spec.whatwg.org/#http-cors-protocol).
///
/// The API takes no cookies, so a page can do nothing here without a credential that it was given. It is never on for
/// the pages of the panel: those are not asked about it.
package enum CrossOrigin: Sendable, Hashable {
    case none
    case all
    /// `https://shop.example`, as browsers write it.
    case only(Set<String>)

    /// Seconds for which a browser need not ask again.
    private static let rememberedSeconds = "600"
    private static let taken = """
        Authorization, Content-Type, Accept, Idempotency-Key, If-Match, If-None-Match, Prefer, X-Request-Id
        """
    private static let shown = """
        ETag, Link, Location, Per-Page, Total, X-Request-Id, API-Version-Supported, Idempotency-Replayed, \
        Preference-Applied, Retry-After, WWW-Authenticate, RateLimit, RateLimit-Policy, RateLimit-Limit, \
        RateLimit-Remaining, RateLimit-Reset
        """

    private func admits(_ origin: String) -> Bool {
        switch self {
        case .none: false
        case .all: true
        case .only(let origins): origins.contains(origin)
        }
    }

    /// Lets the page at `origin` read the answer, when it may.
    func write(_ origin: String, to headers: inout HTTPFields) {
        if case .only = self { headers[.vary] = headers[.vary].map { $0 + ", Origin" } ?? "Origin" }
        guard admits(origin) else { return }
        headers[.accessControlAllowOrigin] = self == .all ? "*" : origin
        headers[.accessControlExposeHeaders] = Self.shown
    }

    /// What is answered to `OPTIONS`: the methods; and when a browser asks on behalf of a page, whether it may go on.
    func options(_ request: Request, allow: String) -> Response {
        var headers: HTTPFields = [.allow: allow]
        guard request.headers.value(of: .accessControlRequestMethod) != nil,
            let origin = request.headers.value(of: .origin),
            admits(origin)
        else { return Response(status: .ok, headers: headers) }
        headers[.accessControlAllowMethods] = allow
        headers[.accessControlAllowHeaders] = Self.taken
        headers[.accessControlMaxAge] = Self.rememberedSeconds
        return Response(status: .noContent, headers: headers)
    }
}
