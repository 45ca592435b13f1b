import HTTPTypes
import Identity

/// What clients are told of their limits: the fields that are in use everywhere, and those of the IETF's draft
/// (draft-ietf-httpapi-ratelimit-headers-10).
enum RateHeaders {
    static func write(_ budget: RateBudget, to headers: inout HTTPFields) {
        let (remaining, reset) = (String(budget.remaining), String(budget.resetSeconds))
        // Appended, not set: setting looks through all fields that there are, for every answer.
        func add(_ name: HTTPField.Name, _ value: String) { headers.append(HTTPField(name: name, value: value)) }
        add(.rateLimitLimit, String(budget.limit.quota))
        add(.rateLimitRemaining, remaining)
        add(.rateLimitReset, reset)
        add(.rateLimitPolicy, budget.limit.policy)
        add(.rateLimit, "\"\(budget.limit.kind.name)\";r=\(remaining);t=\(reset)")
    }
}
