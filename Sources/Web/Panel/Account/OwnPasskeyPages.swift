import Basics
import HTTPTypes
import Hummingbird
import Identity
import SQL

/// The passkeys of one's account.
extension Panel {
    private static let passkeysPath = "/account/passkeys"

    /// `GET /account/passkeys`
    func passkeysPage(_ visitor: Visitor, problem: String? = nil, done: String? = nil) async throws -> Response {
        guard let site = passkeySite else {
            return accountPage(visitor, at: Self.passkeysPath, "Passkeys", problem: problem) { _ in
                "<p>Browsers make no passkeys for the address of this site.</p>"
            }
        }
        let (userID, now) = (try Policy.requireAccount(visitor.caller), clock.now())
        let (passkeys, options) = try await database.transaction { tx in
            let passkeys = try Passkeys.list(by: visitor.caller, on: tx)
            let challenge = try PasskeyChallenges.make(.register, userID: userID, at: now, in: tx)
            let known = try Passkeys.credentialIDs(ofUser: userID, on: tx)
            return (passkeys, Self.creation(challenge, site, visitor, userID, known))
        }
        return accountPage(
            visitor, at: Self.passkeysPath, "Passkeys", problem: problem, done: done, script: PasskeyScript.path
        ) { token in
            """
            <p>A passkey lives on a device of yours. With finger, face or PIN it signs you in without a password, here
            and nowhere else; and where a code is asked for, it will do instead.</p>
            \(Self.table(passkeys, token))
            <form method="post" action="\(Self.passkeysPath)" data-passkey-create="\(options)" hidden>
            \(token)
            <input type="hidden" name="client_data" value="">
            <input type="hidden" name="attestation" value="">
            <label>A name for it, such as "telephone" <input name="name" maxlength="\(Int64(60))"></label>
            <label>Your password
            <input type="password" name="password" autocomplete="current-password" required></label>
            <p data-passkey-problem role="alert" hidden></p>
            <button class="yes">Add a passkey</button>
            </form>
            <noscript><p>Adding a passkey needs JavaScript.</p></noscript>
            """
        }
    }

    func changePasskeys(_ visitor: Visitor, _ visit: Visit) async throws -> Response {
        func value(_ name: String) throws -> String { try visit.value(name, in: visit.form) ?? "" }
        let (now, mail, caller) = (clock.now(), mail, visitor.caller)
        if let id = Int64(try value("remove")) {
            try await database.transaction { try Passkeys.remove(id: id, by: caller, mail: mail, at: now, in: $0) }
            return try await passkeysPage(visitor, done: "The passkey was removed.")
        }
        guard let site = passkeySite else { return try await passkeysPage(visitor) }
        let (answer, name) = (
            try Passkeys.Registration(clientData: try value("client_data"), attestation: try value("attestation")),
            try value("name")
        )
        // With a session that somebody left open one must not make oneself a door that stays.
        guard try await isPassword(visitor, visit) else {
            return try await passkeysPage(visitor, problem: "The password is not right.")
        }
        let problem = try await database.transaction {
            try Passkeys.register(answer, name: name, site: site, by: caller, mail: mail, at: now, in: $0)
        }
        if let problem { return try await passkeysPage(visitor, problem: problem) }
        return try await passkeysPage(visitor, done: "The passkey was added.")
    }

    private static func table(_ passkeys: [Passkeys.Listed], _ token: HTML) -> HTML? {
        if passkeys.isEmpty { return nil }
        let rows = passkeys.map { passkey -> HTML in
            """
            <tr><td>\(passkey.name)</td><td>\(minute(passkey.createdAt))</td>
            <td>\(passkey.lastUsedAt.map(minute) ?? "never")</td>
            <td><form method="post" action="\(passkeysPath)">
            \(token)
            <button name="remove" value="\(passkey.id)">Remove</button>
            </form></td></tr>
            """
        }
        return """
            <table>
            <thead><tr><th scope="col">Passkey</th><th scope="col">Since (UTC)</th><th scope="col">Last used</th>
            <th scope="col"><span class="hidden">Remove</span></th></tr></thead>
            <tbody>
            \(.all(rows))
            </tbody>
            </table>
            """
    }

    /// `PublicKeyCredentialCreationOptions` with bytes in base64url.
    private static func creation(
        _ challenge: String, _ site: PasskeySite, _ visitor: Visitor, _ userID: Int64, _ known: [String]
    ) -> String {
        JSONValue.object([
            "challenge": .string(challenge), "timeout": .int(300_000), "attestation": .string("none"),
            "rp": .object(["id": .string(site.id), "name": .string(site.id)]),
            "user": .object([
                "id": .string(Passkeys.handle(ofUser: userID)), "name": .string(visitor.email),
                "displayName": .string(visitor.email),
            ]),
            "pubKeyCredParams": .array(
                Passkeys.algorithms.map { .object(["type": .string("public-key"), "alg": .int($0)]) }),
            "authenticatorSelection": .object([
                "residentKey": .string("preferred"), "userVerification": .string("preferred"),
            ]),
            "excludeCredentials": .array(known.map(descriptor)),
        ]).compact
    }
}
