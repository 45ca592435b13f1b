package import Basics
package import SQL

extension Accounts {
    /// Gives an account the rights of the provider's staff.
    package static func makeAdmin(id: Int64, by caller: Caller, at now: Moment, in tx: any Transaction) throws {
        try Policy.requireStaff(caller)
        guard try tx.run("UPDATE users SET is_admin = 1, updated_at = \(now) WHERE id = \(id)") == 1 else {
            throw Policy.notFound("user")
        }
        try Audit.write(caller, "made_admin", noun: "user", id: id, at: now, in: tx)
        try tx.wake(.identity)
    }

    /// Stores another password, hashed by ``Passwords/hash(_:)``, ends a lock, and
    /// ends all sessions.
    package static func resetPassword(
        _ hash: String, id: Int64, by caller: Caller, at now: Moment, in tx: any Transaction
    ) throws {
        try Policy.requireStaff(caller)
        try Passwords.store(hash, forUser: id, at: now, in: tx)
        try Sessions.endAll(ofUser: id, in: tx)
        try tx.run("UPDATE users SET failed_logins = 0, locked_until = NULL WHERE id = \(id)")
        try Audit.write(caller, "password_reset", noun: "user", id: id, at: now, in: tx)
        try tx.wake(.identity)
    }
}
