import Basics

extension SelfAssessment {
    /// Sections 2.1 and 4.11: how codes are asked for and given.
    func authorization(_ facts: AssessmentFacts) -> [Recommendation] {
        let names = facts.plainHTTP.prefix(Self.namesMax).joined(separator: ", ")
        return [
            Recommendation(
                "redirect_uris", "RFC 9700 §2.1", "Redirect URIs are compared as exact text.",
                holds: !RedirectURI.matches("https://a.example/cb/x", ["https://a.example/cb"]),
                "Only the port of a loopback address may differ.", advice: "This is a defect: report it."),
            Recommendation(
                "plain_http", "RFC 9700 §2.6", "No code is sent over plain http.", holds: facts.plainHTTP.isEmpty,
                facts.plainHTTP.isEmpty
                    ? "All redirect URIs are https, a loopback address or a scheme of an application."
                    : "\(Self.count(facts.plainHTTP.count, "application")) with plain http: \(names).",
                advice: "Change their redirect URIs to https."),
            Recommendation(
                "out_of_band", "RFC 9700 §2.1", "Codes go to the application itself, not by way of people.",
                holds: facts.outOfBand == 0, "\(Self.count(facts.outOfBand, "application")) with codes to copy.",
                advice: "Let them use a loopback address, or the device grant."),
            Recommendation(
                "pkce_public", "RFC 9700 §2.1.1", "Public clients must use PKCE, with S256.", holds: true,
                "\(Self.count(facts.open, "public application")); a request without is refused.", advice: ""),
            Recommendation(
                "pkce_confidential", "RFC 9700 §2.1.1", "Confidential clients use PKCE too.",
                holds: facts.withoutPKCE == 0,
                "\(Self.count(facts.withoutPKCE, "application")) exchanged codes without it lately.",
                advice: "Ask their developers to send code_challenge; every library can."),
            Recommendation(
                "implicit", "RFC 9700 §2.1.2", "Tokens are not given in addresses (implicit grant).",
                holds: !Grants.Kind.allCases.contains { $0.rawValue == "implicit" },
                "The only response type is code.", advice: "This is a defect: report it."),
            Recommendation(
                "code_life", "RFC 9700 §4.5", "Codes are short-lived, and good once.",
                holds: OAuthLimits.codeSeconds <= Self.codeSecondsMax,
                "\(OAuthLimits.codeSeconds) seconds; one that comes again ends what it gave.",
                advice: "This is a defect: report it."),
            Recommendation(
                "issuer", "RFC 9700 §4.4", "Answers say who gives them (iss), against mixing servers up.", holds: true,
                "Every answer of the authorization screen has iss=\(publicURL).", advice: ""),
        ]
    }

    /// Sections 2.2 and 2.3: what tokens are good for.
    func tokens(_ facts: AssessmentFacts) -> [Recommendation] {
        [
            Recommendation(
                "sender_constrained", "RFC 9700 §2.2.1", "Tokens are of use only to whom they were given.",
                holds: false, "Tokens are bearer tokens: whoever has one can use it.",
                advice: "This version has no DPoP and no mutual TLS. Keep tokens out of logs, and end leaked ones."),
            Recommendation(
                "token_life", "RFC 9700 §2.2.1", "Access tokens are short-lived.",
                holds: OAuthLimits.accessTokenSeconds <= Self.tokenSecondsMax,
                "\(OAuthLimits.accessTokenSeconds / 60) minutes; a token that was ended is refused at once.",
                advice: "This is a defect: report it."),
            Recommendation(
                "refresh_rotation", "RFC 9700 §2.2.2", "Refresh tokens are good once; reuse ends the grant.",
                holds: OAuthLimits.refreshGraceSeconds <= Self.graceSecondsMax,
                "Rotated; reuse is excused for \(OAuthLimits.refreshGraceSeconds) seconds, because answers get lost. "
                    + "A grant ends after \(OAuthLimits.refreshTokenSeconds / 86_400) days.",
                advice: "This is a defect: report it."),
            Recommendation(
                "privileges", "RFC 9700 §2.3", "Tokens may no more than they need.", holds: facts.staff == 0,
                "\(Self.count(facts.staff, "application")) with scopes of staff (admin_read, admin_write).",
                advice: "Check whether they need them: berth admin oauth-app list."),
        ]
    }

    /// Sections 2.4 and 2.5: who clients are and how they show it.
    func clients(_ facts: AssessmentFacts) -> [Recommendation] {
        [
            Recommendation(
                "password_grant", "RFC 9700 §2.4", "The password grant is not used.", holds: !passwordGrant,
                passwordGrant
                    ? "Switched on, for API key pairs; used by \(Self.count(facts.byPassword, "application"))."
                    : "Switched off; \(Self.count(facts.byPassword, "application")) used it before.",
                advice: facts.byPassword == 0
                    ? "Nothing uses it: set BERTH_OAUTH_PASSWORD_GRANT=off."
                    : "Move those to the authorization code, then set BERTH_OAUTH_PASSWORD_GRANT=off."),
            Recommendation(
                "client_authentication", "RFC 9700 §2.5", "Clients that can keep a secret show it.",
                holds: facts.openPrivileged == 0,
                "\(Self.count(facts.applications - facts.open, "application")) with a secret, "
                    + "\(facts.open) without; \(facts.openPrivileged) of those with scopes that staff gave.",
                advice: "Make those confidential, or take the scopes away."),
            Recommendation(
                "asymmetric_keys", "RFC 9700 §2.5", "Clients authenticate with keys, not with shared secrets.",
                holds: false, "Secrets of 256 random bits, stored as hashes.",
                advice: "This version takes no keys of clients. Rotate secrets: berth admin oauth-app rotate-secret."),
            Recommendation(
                "devices", "RFC 8628 §5.4", "Devices without a browser are asked about with a warning.", holds: true,
                "\(Self.count(facts.devices, "application")) may use the device grant; none may unless registered so.",
                advice: ""),
        ]
    }

    /// Sections 2.6 and 4: the way there and back.
    func transport(_ facts: AssessmentFacts) -> [Recommendation] {
        let isSecure = publicURL.hasPrefix("https://")
        return [
            Recommendation(
                "https", "RFC 9700 §2.6", "Everything is encrypted on the way.", holds: isSecure,
                "The public address is \(publicURL).",
                advice: "Put a proxy with a certificate in front and set BERTH_PUBLIC_URL to its https address; "
                    + "until then cookies have no Secure either."),
            Recommendation(
                "metadata", "RFC 9700 §2.6", "Clients can read what the server can do.", holds: true,
                "\(publicURL)/.well-known/oauth-authorization-server", advice: ""),
            Recommendation(
                "tokens_in_addresses", "RFC 9700 §4.3.2", "Tokens in addresses are refused.", holds: true,
                "The Authorization header is the only way, and logs keep no queries.", advice: ""),
            Recommendation(
                "redirects", "RFC 9700 §4.12", "Forms are answered with 303, never 307.", holds: true,
                "A browser does not send a password on.", advice: ""),
            Recommendation(
                "framing", "RFC 9700 §4.16", "Pages cannot be framed.", holds: true,
                "frame-ancestors 'none', and no page runs a script.", advice: ""),
        ]
    }

    /// More names do not fit a sentence.
    private static let namesMax = 10
    /// ASVS 5.0 10.4.3: ten minutes at most.
    private static let codeSecondsMax: Int64 = 600
    private static let tokenSecondsMax: Int64 = 7200
    private static let graceSecondsMax: Int64 = 60

    private static func count(_ number: some BinaryInteger, _ noun: String) -> String {
        number == 1 ? "1 \(noun)" : "\(number) \(noun)s"
    }
}
