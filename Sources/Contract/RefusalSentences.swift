import Basics

/// Sentences of refusals that all routes share: the server answers with them, and the document shows them.
package enum RefusalSentences {
    package static let addressTooLong = "The address is too long; at most \(EndpointLimits.targetBytesMax) bytes."
    package static let notAuthorized = "Not Authorized"
    package static let badToken = "The access token is not valid."
    package static let notAcceptable = "Answers are JSON only. Send Accept: application/json."
    package static let bodyTooSlow = "The body did not arrive in time."
    package static let notJSON = "The body must be JSON. Send Content-Type: application/json."
    package static let notForm = "The body must be a form. Send Content-Type: application/x-www-form-urlencoded."
    package static let hasChanged = "This was changed since you have read it. Read it again and then decide."
    package static let headersTooLarge =
        "The header fields are too large; at most \(EndpointLimits.headerBytesMax) bytes together."
    package static let bug = "Something went wrong on our side. Quote the X-Request-Id when you report it."
    package static let unavailable = "The service is busy or restarting. Try again in a moment."

    package static func tooLarge(_ limit: Int) -> String {
        "The body is too large; at most \(limit) bytes are taken here."
    }
    package static func unsupportedVersion(_ version: String) -> String {
        "You requested an unsupported version (\(version))"
    }
    package static func tooMany(retryIn seconds: Int64) -> String {
        "Too many requests. Try again in \(seconds) seconds."
    }
}

extension OpenAPI {
    /// A refusal of each status as it is answered: `{"errors": […]}` and its kin. Tests provoke them and compare.
    enum RefusalExample {
        /// What v60 says.
        private static let sentences: [Int: String] = [
            400: RefusalSentences.addressTooLong, 401: RefusalSentences.notAuthorized, 403: RefusalSentences.badToken,
            // What an area says, of whatever was not found.
            404: "Unknown project.", 406: RefusalSentences.notAcceptable, 408: RefusalSentences.bodyTooSlow,
            409: "The first request with this Idempotency-Key is still being worked on.",
            412: RefusalSentences.hasChanged, 413: RefusalSentences.tooLarge(EndpointLimits.bodyBytesMax),
            415: RefusalSentences.notJSON, 422: RefusalSentences.unsupportedVersion("59"),
            429: RefusalSentences.tooMany(retryIn: 12), 431: RefusalSentences.headersTooLarge,
            500: RefusalSentences.bug, 503: RefusalSentences.unavailable,
        ]
        /// Where the authorization server says something else.
        private static let oauth: [Int: (code: String, sentence: String)] = [
            400: ("invalid_request", "grant_type is missing."),
            401: ("invalid_client", "Client authentication failed: unknown client, wrong or missing secret."),
            413: ("invalid_request", RefusalSentences.tooLarge(OAuthEndpoints.bodyBytesMax)),
            415: ("invalid_request", RefusalSentences.notForm),
        ]
        /// RFC 9110's names, which problem details have as their title.
        private static let titles: [Int: String] = [
            400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 406: "Not Acceptable",
            408: "Request Timeout", 409: "Conflict", 412: "Precondition Failed", 413: "Content Too Large",
            415: "Unsupported Media Type", 422: "Unprocessable Content", 429: "Too Many Requests",
            431: "Request Header Fields Too Large", 500: "Internal Server Error", 503: "Service Unavailable",
        ]

        /// The body of that status in a type of body.
        static func node(_ status: Int, as schema: String) -> Node {
            let sentence = sentences[status] ?? ""
            switch schema {
            case "OAuthError":
                let own = oauth[status] ?? (code(status), sentence)
                return .object([("error", .text(own.code)), ("error_description", .text(own.sentence))])
            case "Problem":
                return .object([
                    ("type", .text("about:blank")), ("title", .text(titles[status] ?? "")),
                    ("status", .number(status)), ("detail", .text(sentence)),
                    ("errors", .array([.text(sentence)])), ("request_id", .text("LuzemLb8pw-4")),
                ])
            default: return .object([("errors", .array([.text(sentence)]))])
            }
        }

        /// What stands for a refusal that is not of OAuth's own kinds.
        private static func code(_ status: Int) -> String {
            switch status {
            case 429, 503: "temporarily_unavailable"
            case 500...: "server_error"
            default: "invalid_request"
            }
        }
    }
}
