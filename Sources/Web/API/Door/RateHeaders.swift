import HTTPTypes
import Identity

/// What clients are told of their limits: the fields that are in use everywhere, and those of the IETF's draft
/// (draft-ietf-httpapi-ratelimit-headers-10).
enum RateHeaders {
    static func write(_ budget: RateBudget, to headers: inout HTTPFields) {
        let (quota, remaining) = (String(budget.limit.quota), String(budget.remaining))
        let reset = String(budget.resetSeconds)
        headers[.rateLimitLimit] = quota
        headers[.rateLimitRemaining] = remaining
        headers[.rateLimitReset] = reset
        headers[.rateLimitPolicy] = "\"\(budget.limit.kind.name)\";q=\(quota);w=\(budget.limit.seconds)"
        headers[.rateLimit] = "\"\(budget.limit.kind.name)\";r=\(remaining);t=\(reset)"
    }
}
