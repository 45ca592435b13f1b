import Basics
import HTTPTypes
import Hummingbird
import Identity

extension APIResponder {
    /// Who sends the request; nil when it carries no credentials that are ours.
    func authenticate(_ request: Request, _ query: Query, _ visit: inout Visit) async throws -> Principal? {
        guard let header = request.headers.value(of: .authorization) else {
            if try query.first("access_token") != nil || query.first("bearer_token") != nil {
                throw HTTPFault.tokenInAddress
            }
            return nil
        }
        let authenticator = api.dependencies.authenticator
        let known = authenticator.recall(header)
        let principal = if let known { known } else { try await find(header, &visit) }
        guard let found = principal else { return nil }
        // Only tokens are limited to addresses.
        guard found.isAccepted(from: { [address = visit.address] in address.text }) else { throw HTTPFault.badToken }
        try visit.heed(limiter.take(RateKey(found)))
        if known == nil { authenticator.noteUse(of: found) }
        return found
    }

    /// The principal behind a header that is not remembered; nil for a scheme that is not ours.
    private func find(_ header: String, _ visit: inout Visit) async throws -> Principal? {
        let authenticator = api.dependencies.authenticator
        switch header.prefix(while: { $0 != " " }).lowercased() {
        case "basic":
            let failures = [
                RateKey(.failure, visit.address.number),
                RateKey(
                    .failureOfName, name: Authenticator.pair(header.dropFirst(6))?.username ?? "",
                    from: visit.address.number),
            ]
            // Whoever was right a moment ago is recalled and does not come here: a neighbour that guesses does not
            // lock him out.
            for key in failures { if let budget = limiter.look(key), budget.isExceeded { try visit.heed(budget) } }
            if let principal = try await authenticator.basic(header) { return principal }
            for key in failures { _ = limiter.take(key) }
            throw HTTPFault.badCredentials
        case "bearer":
            guard let principal = try await authenticator.bearer(header) else { throw HTTPFault.badToken }
            return principal
        default: return nil
        }
    }
}
