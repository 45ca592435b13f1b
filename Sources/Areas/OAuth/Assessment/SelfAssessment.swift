package import Basics
import Identity
package import SQL

/// Compares this installation with RFC 9700, Best Current Practice for OAuth 2.0 Security: from its settings, and from
/// what is registered and was used in it.
package struct SelfAssessment: Sendable {
    /// Where clients reach us.
    let publicURL: String
    /// API key pairs may be exchanged for tokens.
    let passwordGrant: Bool

    package init(publicURL: String, passwordGrant: Bool) {
        self.publicURL = publicURL
        self.passwordGrant = passwordGrant
    }

    /// Every recommendation, in the order of the document. For the provider's staff.
    package func run(by caller: Caller, on connection: any Connection) throws -> [Recommendation] {
        try Policy.requireStaff(caller)
        let facts = try AssessmentFacts(on: connection)
        return authorization(facts) + tokens(facts) + clients(facts) + transport(facts)
    }
}

/// What the database knows about how the server is used.
struct AssessmentFacts: Sendable {
    let applications: Int64
    /// Without a secret.
    let open: Int64
    /// Without a secret, with scopes that only administrators can give.
    let openPrivileged: Int64
    /// With scopes of staff.
    let staff: Int64
    /// That may use the device grant.
    let devices: Int64
    /// That show people a code to copy.
    let outOfBand: Int64
    /// With a redirect URI of plain http that is not on the device itself.
    let plainHTTP: [String]
    /// That exchanged a code without PKCE, as far back as codes are kept.
    let withoutPKCE: Int64
    /// That hold grants by API key pair.
    let byPassword: Int64

    init(on connection: any Connection) throws {
        let counts = try connection.first(
            """
            SELECT COUNT(*), COUNT(*) FILTER (WHERE secret_sha256 IS NULL),
                COUNT(*) FILTER (WHERE secret_sha256 IS NULL AND (scopes LIKE '%register%' OR scopes LIKE '%admin_%')),
                COUNT(*) FILTER (WHERE scopes LIKE '%admin_%'), COUNT(*) FILTER (WHERE uses_devices = 1),
                COUNT(*) FILTER (WHERE redirect_uris LIKE \("%\(RedirectURI.outOfBand)%"))
            FROM oauth_applications
            """
        ) { row in (0..<6).map { row.int($0) } }
        guard let counts else { throw Fault(.bug, "Applications could not be counted.") }
        (applications, open, openPrivileged) = (counts[0], counts[1], counts[2])
        (staff, devices, outOfBand) = (counts[3], counts[4], counts[5])
        // A loopback address is http too, and fine: the exact rule is not one of SQL.
        plainHTTP = try connection.rows(
            "SELECT name, redirect_uris FROM oauth_applications WHERE redirect_uris LIKE '%http://%' ORDER BY id"
        ) { (name: $0.text(0), uris: $0.text(1).split(separator: "\n").map(String.init)) }
        .filter { $0.uris.contains { RedirectURI.problem(with: $0) == .plainHTTP } }.map(\.name)
        withoutPKCE =
            try connection.int(
                """
                SELECT COUNT(DISTINCT g.application_id) FROM oauth_codes c JOIN oauth_grants g ON g.id = c.grant_id
                WHERE c.challenge IS NULL AND c.used_at IS NOT NULL
                """) ?? 0
        byPassword =
            try connection.int(
                """
                SELECT COUNT(DISTINCT application_id) FROM oauth_grants WHERE kind = 'password' AND revoked_at IS NULL
                """) ?? 0
    }
}
