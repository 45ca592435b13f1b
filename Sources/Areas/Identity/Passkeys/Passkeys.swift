package import Basics
package import SQL

/// Passkeys (WebAuthn): a key pair whose private half never leaves somebody's device, and that signs for this site
/// only.
///
/// One that has made sure who holds it – finger, face, PIN – signs in alone. Any of them stands in for a code after the
/// password. Attestation is not asked for: we do not choose people's devices for them.
package enum Passkeys {
    /// A passkey as its owner sees it.
    package struct Listed: Sendable, Hashable {
        package let id: Int64
        package let name: String
        package let createdAt: Moment
        package let lastUsedAt: Moment?
    }

    /// What a browser brings back, decoded from its forms. Nothing in it is believed.
    package struct Registration: Sendable {
        let clientData: [UInt8]
        let attestation: [UInt8]

        /// Throws `.malformed` for what is not base64url.
        package init(clientData: String, attestation: String) throws {
            self.clientData = try decoded(clientData)
            self.attestation = try decoded(attestation)
        }
    }

    /// The same for an answer with a passkey that is there.
    package struct Answer: Sendable {
        let credentialID: String
        let clientData: [UInt8]
        let authenticatorData: [UInt8]
        let signature: [UInt8]

        /// Throws `.malformed` for what is not base64url.
        package init(credentialID: String, clientData: String, authenticatorData: String, signature: String) throws {
            self.credentialID = Base64URL.encode(try decoded(credentialID))
            self.clientData = try decoded(clientData)
            self.authenticatorData = try decoded(authenticatorData)
            self.signature = try decoded(signature)
        }
    }

    /// Bounds.
    package enum Limits {
        package static let perAccountMax: Int64 = 20
        package static let nameCharactersMax = 60
    }

    /// The passkeys of the caller's account, oldest first.
    package static func list(by caller: Caller, on connection: any Connection) throws -> [Listed] {
        let userID = try Policy.requireAccount(caller)
        return try connection.rows(
            """
            SELECT id, name, created_at, last_used_at FROM passkeys WHERE user_id = \(userID)
            ORDER BY id LIMIT \(Limits.perAccountMax)
            """
        ) { Listed(id: $0.int(0), name: $0.text(1), createdAt: $0.moment(2), lastUsedAt: $0.momentOrNil(3)) }
    }

    /// The names that browsers know an account's passkeys by.
    package static func credentialIDs(ofUser id: Int64, on connection: any Connection) throws -> [String] {
        try connection.rows(
            "SELECT credential_id FROM passkeys WHERE user_id = \(id) ORDER BY id LIMIT \(Limits.perAccountMax)"
        ) { $0.text(0) }
    }

    /// Kinds of keys that are taken, best first: numbers of COSE (RFC 9053).
    package static let algorithms = PasskeyKey.algorithms

    /// What an account is called on its passkeys: nothing that tells who it is.
    package static func handle(ofUser id: Int64) -> String {
        Base64URL.encode(Array(IssuedSecret.digest(of: "passkey|\(id)").utf8))
    }

    /// Keeps a new passkey of the caller's account; its owner is told. nil when that was done; otherwise a sentence
    /// that says what to do: it is not an answer to our challenge, on our page, with a key that we can check. The
    /// challenge is used up in any case, so this throws for none of that.
    package static func register(
        _ answer: Registration, name: String, site: PasskeySite, by caller: Caller, mail: MailQueue, at now: Moment,
        in tx: any Transaction
    ) throws -> String? {
        let userID = try Policy.requireAccount(caller)
        guard let client = ClientData(answer.clientData, type: "webauthn.create", site: site),
            try PasskeyChallenges.take(client.challenge, .register, userID: userID, at: now, in: tx),
            let bytes = CBOR.read(answer.attestation)?[.text("authData")]?.asBytes,
            let data = AuthenticatorData(bytes), data.siteHash == site.hash, data.isPresent, let made = data.made
        else { return notOurs }
        guard PasskeyKey(cose: made.publicKey) != nil else {
            return "This passkey uses a kind of key that is not known here. Use another device."
        }
        let name = FieldReader.trimmed(name)
        guard name.count <= Limits.nameCharactersMax, name.unicodeScalars.allSatisfy({ $0.value >= 32 }) else {
            return "The name of a passkey has at most \(Limits.nameCharactersMax) characters in one line."
        }
        // Two requests at once for one account wait for each other here, so that neither is one too many.
        _ = try tx.int("SELECT id FROM users WHERE id = \(userID) \(.forUpdate)")
        let there = try tx.int("SELECT COUNT(*) FROM passkeys WHERE user_id = \(userID)") ?? 0
        guard there < Limits.perAccountMax else {
            return "An account has at most \(Limits.perAccountMax) passkeys. Remove one first."
        }
        let stored = try tx.run(
            """
            INSERT INTO passkeys (user_id, credential_id, public_key, name, sign_count, created_at)
            VALUES (\(userID), \(Base64URL.encode(made.credentialID)), \(Base64URL.encode(made.publicKey)),
                    \(name.isEmpty ? "Passkey" : name), \(data.signCount), \(now))
            ON CONFLICT DO NOTHING
            """)
        guard stored == 1 else { return "This passkey is known already." }
        try Audit.write(caller, "passkey_added", noun: "user", id: userID, at: now, in: tx)
        try tell(userID, isNew: true, mail, at: now, in: tx)
        return nil
    }

    /// Removes a passkey of the caller's account; its owner is told. Throws `.notFound` when it has none like that.
    package static func remove(
        id: Int64, by caller: Caller, mail: MailQueue, at now: Moment, in tx: any Transaction
    ) throws {
        let userID = try Policy.requireAccount(caller)
        guard try tx.run("DELETE FROM passkeys WHERE id = \(id) AND user_id = \(userID)") == 1 else {
            throw Policy.notFound("passkey")
        }
        try Audit.write(caller, "passkey_removed", noun: "user", id: userID, at: now, in: tx)
        try tell(userID, isNew: false, mail, at: now, in: tx)
    }

    /// What one says of an answer that is none of ours, whatever is wrong with it.
    package static let notOurs = "The passkey was not accepted. Try once more, or sign in another way."

    // MARK: -

    private static func tell(
        _ id: Int64, isNew: Bool, _ mail: MailQueue, at now: Moment, in tx: any Transaction
    ) throws {
        guard let account = try Accounts.find(id: id, on: tx) else { return }
        try mail.put(
            AccountLetters.passkey(
                isNew: isNew, to: account.email, name: account.firstName,
                account: "\(mail.publicURL)/account/passkeys"), at: now, in: tx)
    }
}

/// A field of a form; bounded by the form.
private func decoded(_ text: String) throws -> [UInt8] {
    guard let bytes = Base64URL.decode(text) else { throw Fault(.malformed, "A field of the form is not base64url.") }
    return bytes
}
