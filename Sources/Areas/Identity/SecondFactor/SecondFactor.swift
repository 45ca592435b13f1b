package import Basics
package import SQL

/// What somebody has besides the password: an authenticator application, with recovery codes for when it is lost.
///
/// It counts from the moment that its owner has shown a code of it. Each code works once, whoever saw it; wrong ones
/// are counted like wrong passwords.
package enum SecondFactor {
    /// What an account has.
    package struct Status: Sendable, Hashable {
        package let isOn: Bool
        package let recoveryCodesLeft: Int64
    }

    /// What is shown to enrol an application.
    package struct Enrolment: Sendable {
        /// Base32, for typing.
        package let secret: Secret<String>
        /// `otpauth://…`, for a link and a picture.
        package let address: Secret<String>
    }

    /// What an account has.
    package static func status(_ userID: Int64, on connection: any Connection) throws -> Status {
        Status(
            isOn: try connection.int(
                "SELECT user_id FROM second_factors WHERE user_id = \(userID) AND confirmed_at IS NOT NULL") != nil,
            recoveryCodesLeft: try RecoveryCodes.left(ofUser: userID, on: connection))
    }

    /// Begins: a new secret, which does not count yet. Throws `.conflict` when there is one that does.
    package static func begin(
        by caller: Caller, vault: Vault, at now: Moment, in tx: any Transaction
    ) throws {
        let userID = try Policy.requireAccount(caller)
        var generator = SystemRandomNumberGenerator()
        let secret = (0..<OneTimePassword.secretBytes).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        let sealed = try vault.seal(Secret(Base32.encode(secret)), for: place(userID))
        let made = try tx.run(
            """
            INSERT INTO second_factors (user_id, secret, last_step, created_at)
            VALUES (\(userID), \(sealed), 0, \(now))
            ON CONFLICT (user_id) DO UPDATE SET secret = excluded.secret, last_step = 0,
                created_at = excluded.created_at
            WHERE second_factors.confirmed_at IS NULL
            """)
        guard made == 1 else {
            throw Fault(.conflict, "There is a second factor already. Remove it first.")
        }
    }

    /// What is shown between ``begin(by:vault:at:in:)`` and ``confirm(_:by:vault:mail:at:in:)``; nil when nothing was
    /// begun. `issuer` names this site in the application.
    package static func enrolment(
        by caller: Caller, issuer: String, vault: Vault, on connection: any Connection
    ) throws -> Enrolment? {
        let userID = try Policy.requireAccount(caller)
        let row = try connection.first(
            """
            SELECT f.secret, u.email FROM second_factors f JOIN users u ON u.id = f.user_id
            WHERE f.user_id = \(userID) AND f.confirmed_at IS NULL
            """
        ) { ($0.text(0), $0.text(1)) }
        guard let (sealed, email) = row else { return nil }
        let text = try vault.open(sealed, from: place(userID))
        guard let secret = Base32.decode(text.reveal()) else { throw Fault(.bug, "A stored secret is not base32.") }
        return Enrolment(
            secret: text, address: Secret(OneTimePassword.address(secret, account: email, issuer: issuer)))
    }

    /// Makes it count, when `code` is one of the new secret. Answers the recovery codes, which are shown once; nil when
    /// the code is wrong.
    package static func confirm(
        _ code: String, by caller: Caller, vault: Vault, mail: MailQueue, at now: Moment, in tx: any Transaction
    ) throws -> [Secret<String>]? {
        let userID = try Policy.requireAccount(caller)
        guard try spend(code, userID, isConfirmed: false, vault: vault, at: now, in: tx) else { return nil }
        try tx.run("UPDATE second_factors SET confirmed_at = \(now) WHERE user_id = \(userID)")
        let codes = try RecoveryCodes.renew(ofUser: userID, in: tx)
        try note("second_factor_on", userID, by: caller, at: now, in: tx)
        try tell(userID, mail, at: now, in: tx) {
            AccountLetters.secondFactor(isOn: true, to: $0, name: $1, forgot: $2)
        }
        return codes
    }

    /// Whether `code` is a code of the application, or a recovery code. Either is used up by that.
    static func accepts(
        _ code: String, ofUser id: Int64, vault: Vault, at now: Moment, in tx: any Transaction
    ) throws -> Bool {
        if try spend(code, id, isConfirmed: true, vault: vault, at: now, in: tx) { return true }
        guard try status(id, on: tx).isOn else { return false }
        return try RecoveryCodes.take(code, ofUser: id, in: tx)
    }

    /// New recovery codes in place of the old ones, for a code; nil when that is wrong.
    package static func renewCodes(
        _ code: String, by caller: Caller, vault: Vault, at now: Moment, in tx: any Transaction
    ) throws -> [Secret<String>]? {
        let userID = try Policy.requireAccount(caller)
        guard try accepts(code, ofUser: userID, vault: vault, at: now, in: tx) else { return nil }
        try note("recovery_codes_renewed", userID, by: caller, at: now, in: tx)
        return try RecoveryCodes.renew(ofUser: userID, in: tx)
    }

    /// Takes it away, for a code; false when that is wrong.
    package static func remove(
        _ code: String, by caller: Caller, vault: Vault, mail: MailQueue, at now: Moment, in tx: any Transaction
    ) throws -> Bool {
        let userID = try Policy.requireAccount(caller)
        guard try accepts(code, ofUser: userID, vault: vault, at: now, in: tx) else { return false }
        try clear(userID, in: tx)
        try note("second_factor_off", userID, by: caller, at: now, in: tx)
        try tell(userID, mail, at: now, in: tx) {
            AccountLetters.secondFactor(isOn: false, to: $0, name: $1, forgot: $2)
        }
        return true
    }

    /// Takes it away from somebody who has lost everything; the provider's staff has made sure who that is. Ends the
    /// sessions, and tells the owner. Throws `.conflict` when there is none.
    package static func reset(
        id: Int64, by caller: Caller, mail: MailQueue, at now: Moment, in tx: any Transaction
    ) throws {
        try Policy.requireStaff(caller)
        guard try clear(id, in: tx) else { throw Fault(.conflict, "The account has no second factor.") }
        try Sessions.endAll(ofUser: id, in: tx)
        try note("second_factor_reset", id, by: caller, at: now, in: tx)
        try tell(id, mail, at: now, in: tx) { AccountLetters.secondFactor(isOn: false, to: $0, name: $1, forgot: $2) }
    }

    // MARK: -

    /// Uses a code of the application up. Of two at the same time only one has it: the step is raised under a
    /// condition.
    private static func spend(
        _ text: String, _ id: Int64, isConfirmed: Bool, vault: Vault, at now: Moment, in tx: any Transaction
    ) throws -> Bool {
        let state: SQL = isConfirmed ? "confirmed_at IS NOT NULL" : "confirmed_at IS NULL"
        let row = try tx.first("SELECT secret, last_step FROM second_factors WHERE user_id = \(id) AND \(state)") {
            ($0.text(0), $0.int(1))
        }
        guard let (sealed, last) = row else { return false }
        let opened = try vault.open(sealed, from: place(id)).reveal()
        guard let secret = Base32.decode(opened) else { throw Fault(.bug, "A stored secret is not base32.") }
        let code = text.filter { $0 != " " }
        guard let step = OneTimePassword.step(of: code, secret, at: now, after: last) else { return false }
        return try tx.run(
            "UPDATE second_factors SET last_step = \(step) WHERE user_id = \(id) AND last_step < \(step)") == 1
    }

    @discardableResult
    private static func clear(_ id: Int64, in tx: any Transaction) throws -> Bool {
        try RecoveryCodes.remove(ofUser: id, in: tx)
        return try tx.run("DELETE FROM second_factors WHERE user_id = \(id)") == 1
    }

    private static func note(
        _ event: String, _ id: Int64, by caller: Caller, at now: Moment, in tx: any Transaction
    ) throws {
        try Audit.write(caller, event, noun: "user", id: id, at: now, in: tx)
    }

    /// Writes to the owner; `letter` gets address, name, and where to choose a new password.
    private static func tell(
        _ id: Int64, _ mail: MailQueue, at now: Moment, in tx: any Transaction,
        _ letter: (String, String, String) -> Letter
    ) throws {
        guard let account = try Accounts.find(id: id, on: tx) else { return }
        try mail.put(
            letter(account.email, account.firstName, "\(mail.publicURL)/password/forgot"), at: now, in: tx)
    }

    private static func place(_ userID: Int64) -> Vault.Place {
        Vault.Place(table: "second_factors", row: userID, column: "secret")
    }
}
