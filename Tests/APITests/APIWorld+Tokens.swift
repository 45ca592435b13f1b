import Basics
import Identity
import OAuth
import SQL
import TestKit

extension APIWorld {
    /// A token for every role that shows one.
    static func makeTokens(
        of application: OAuthApplication, _ shop: WorkloadFixture, at now: Moment, in tx: any Transaction
    ) throws -> [Role: String] {
        let ordinary = ScopeSet.all.subtracting(.privileged)
        let (owner, admin) = (shop.customer.userID, shop.admin.userID)
        let plans: [(Role, Int64?, ScopeSet)] = [
            (.token, owner, ordinary), (.unscoped, owner, [.public]), (.limited, owner, ordinary),
            (.expired, owner, ordinary), (.revoked, owner, ordinary), (.client, nil, [.public]),
            (.plainAdmin, admin, ordinary), (.readingAdmin, admin, .all.subtracting([.register, .adminWrite])),
        ]
        var tokens: [Role: String] = [:]
        for (role, userID, scopes) in plans {
            let grant = try userID.map { userID in
                try tx.int(
                    """
                    INSERT INTO oauth_grants (application_id, user_id, kind, scopes, all_projects, created_at)
                    VALUES (\(application.id), \(userID), 'code', \(scopes.text), \(role != .limited), \(now))
                    RETURNING id
                    """)
            }
            let token = IssuedSecret.make(.accessToken).reveal()
            let end = now.advanced(by: .seconds(role == .expired ? -1 : 7200))
            try tx.run(
                """
                INSERT INTO oauth_tokens (token_sha256, application_id, grant_id, scopes, created_at, expires_at,
                                          revoked_at)
                VALUES (\(IssuedSecret.digest(of: token)), \(application.id), \(grant ?? nil), \(scopes.text),
                        \(now), \(end), \(role == .revoked ? now : nil))
                """)
            tokens[role] = token
        }
        return tokens
    }

    /// Somebody who was invited to the customer's project, and somebody who works in it and with an image of the
    /// customer's. Answers their accounts.
    static func makeCollaborators(
        _ shop: WorkloadFixture, at now: Moment, in tx: any Transaction
    ) throws -> [Int64] {
        let others = try ["pending", "collaborator"].map {
            try Accounts.create(
                NewAccount(email: "\($0)@example.test", firstName: $0, lastName: "C"), by: .shell, at: now, in: tx
            ).id
        }
        let project = try tx.int("SELECT id FROM projects") ?? 0
        for (index, id) in others.enumerated() {
            try tx.run(
                """
                INSERT INTO project_collaborators (project_id, user_id, active, created_at, updated_at)
                VALUES (\(project), \(id), \(index), 1, 1)
                """)
        }
        // An image of the owner's, which others may work with.
        let image = shop.web.image
        try tx.run("UPDATE images SET user_id = \(shop.customer.userID) WHERE id = \(image)")
        try tx.run(
            """
            INSERT INTO image_collaborators (image_id, user_id, active, created_at, updated_at)
            VALUES (\(image), \(others[1]), 1, 1, 1)
            """)
        return others
    }
}
