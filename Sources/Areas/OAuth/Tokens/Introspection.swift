package import Basics
package import SQL

/// Tells a client what a token of its own is good for (RFC 7662).
package enum Introspection {
    /// nil when the token is not active, or was given to another client: the asker cannot tell which. The asker shows
    /// itself as a confidential client, or with another bearer token of the same application.
    package static func ask(
        _ token: String, client: ClientCredentials, at now: Moment, on connection: any Connection
    ) throws -> LiveToken? {
        let applicationID = try asker(token, client, now, connection)
        guard let found = try TokenReading.live(token, at: now, on: connection) else { return nil }
        return found.applicationID == applicationID ? found : nil
    }

    private static func asker(
        _ token: String, _ client: ClientCredentials, _ now: Moment, _ connection: any Connection
    ) throws -> Int64 {
        if let header = client.authorization, header.lowercased().hasPrefix("bearer ") {
            let own = String(header.dropFirst(7))
            // A token that asks about itself learns nothing that token/info does not say, and v60 refuses it.
            guard own != token, let live = try TokenReading.live(own, at: now, on: connection) else {
                throw OAuthProblem(.invalidToken, "The access token that asks is not valid for this.")
            }
            return live.applicationID
        }
        if client.authorization == nil, client.clientID == nil {
            throw OAuthProblem(.invalidRequest, "Client credentials, or a bearer token, are needed to ask.")
        }
        let application = try Clients.authenticate(client, on: connection)
        // Knowing the name of a public client proves nothing (RFC 7662 §2.1).
        guard application.isConfidential else { throw OAuthProblem.invalidClient }
        return application.id
    }
}
