package import Basics
package import SQL

/// How many letters people cause by inviting. A letter counts when it was written, whatever became of the invitation:
/// who invites and takes back, again and again, fills a mailbox like anybody else.
package enum InvitationLetters {
    /// Whom one may write to within ``windowSeconds``.
    package enum Limits {
        package static let windowSeconds: Int64 = 3600
        package static let perSenderMax: Int64 = 50
        /// From one to the same other.
        package static let perPairMax: Int64 = 5
        /// From all together to one. More than one sender may cause, so that nobody can keep others from inviting.
        package static let perPersonMax: Int64 = 20
    }

    /// Counts one more. Throws `.throttled` when there were too many already; the rows of both accounts are locked.
    package static func count(from sender: Int64, to user: Int64, at now: Moment, in tx: any Transaction) throws {
        let since = now.advanced(by: .seconds(-Limits.windowSeconds))
        let bounds: [(SQL, Int64)] = [
            ("sender_id = \(sender)", Limits.perSenderMax),
            ("sender_id = \(sender) AND user_id = \(user)", Limits.perPairMax),
            ("user_id = \(user)", Limits.perPersonMax),
        ]
        for (condition, max) in bounds {
            let found = try tx.first(
                """
                SELECT COUNT(*), MIN(created_at) FROM invitation_letters
                WHERE \(condition) AND created_at > \(since)
                """
            ) { (count: $0.int(0), oldest: $0.momentOrNil(1)) }
            guard let found, found.count >= max, let oldest = found.oldest else { continue }
            // One sentence for all: how much others write to somebody is nobody's business.
            let wait = (oldest.milliseconds - since.milliseconds) / 1000 + 1
            throw Fault(
                .throttled, "Too many invitations were sent. Try again in \(wait / 60 + 1) minutes.", retrySeconds: wait
            )
        }
        try tx.run(
            """
            INSERT INTO invitation_letters (sender_id, user_id, created_at) VALUES (\(sender), \(user), \(now))
            """)
    }
}
