package import Basics
package import SQL

extension Passkeys {
    /// What became of an answer. A refusal is an answer of the transaction: what it has noted must stay.
    package enum Outcome: Sendable, Hashable {
        /// The account may be signed in.
        case right(userID: Int64)
        case wrong
    }

    /// Signs in with a passkey alone. It must have made sure who holds it.
    package static func signIn(
        _ answer: Answer, site: PasskeySite, by caller: Caller, at now: Moment, in tx: any Transaction
    ) throws -> Outcome {
        try check(answer, .signIn, userID: nil, site: site, by: caller, at: now, in: tx)
    }

    /// Answers with a passkey in place of a code, after the password. Ends the waiting.
    package static func answer(
        _ answer: Answer, pending token: String, site: PasskeySite, by caller: Caller, at now: Moment,
        in tx: any Transaction
    ) throws -> Outcome {
        guard let userID = try PendingSignIns.find(token, at: now, on: tx) else { return .wrong }
        let outcome = try check(answer, .secondFactor, userID: userID, site: site, by: caller, at: now, in: tx)
        if case .right = outcome { try PendingSignIns.end(token, userID, in: tx) }
        return outcome
    }

    private struct Known: Sendable {
        let id: Int64
        let userID: Int64
        let publicKey: String
        let signCount: Int64
    }

    /// Challenge first, so that it is used up whatever follows (WebAuthn Level 2 §7.2).
    private static func check(
        _ answer: Answer, _ purpose: PasskeyChallenges.Purpose, userID: Int64?, site: PasskeySite, by caller: Caller,
        at now: Moment, in tx: any Transaction
    ) throws -> Outcome {
        guard let client = ClientData(answer.clientData, type: "webauthn.get", site: site),
            try PasskeyChallenges.take(client.challenge, purpose, userID: userID, at: now, in: tx),
            let known = try known(answer.credentialID, at: now, in: tx), userID == nil || userID == known.userID,
            let data = AuthenticatorData(answer.authenticatorData), data.siteHash == site.hash, data.isPresent,
            data.isVerified || purpose == .secondFactor,
            let key = Base64URL.decode(known.publicKey).flatMap(PasskeyKey.init(cose:)),
            key.verifies(answer.signature, of: answer.authenticatorData + client.hash)
        else { return .wrong }
        // Passkeys that are kept in step between devices do not count: always 0.
        if data.signCount > 0 || known.signCount > 0, data.signCount <= known.signCount {
            try Audit.write(
                caller, "passkey_counter_went_back", noun: "user", id: known.userID,
                raw: #"{"passkey":\#(known.id),"known":\#(known.signCount),"said":\#(data.signCount)}"#, at: now, in: tx
            )
            return .wrong
        }
        // Under the condition of what was read, so that two answers with one count are not both right.
        let noted = try tx.run(
            """
            UPDATE passkeys SET sign_count = \(data.signCount), last_used_at = \(now)
            WHERE id = \(known.id) AND sign_count = \(known.signCount)
            """)
        return noted == 1 ? .right(userID: known.userID) : .wrong
    }

    private static func known(_ credentialID: String, at now: Moment, in tx: any Transaction) throws -> Known? {
        try tx.first(
            """
            SELECT p.id, p.user_id, p.public_key, p.sign_count FROM passkeys p JOIN users u ON u.id = p.user_id
            WHERE p.credential_id = \(credentialID) AND \(Principal.mayAct(at: now))
            """
        ) { Known(id: $0.int(0), userID: $0.int(1), publicKey: $0.text(2), signCount: $0.int(3)) }
    }
}
