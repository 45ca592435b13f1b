package import Basics
import Crypto
package import SQL

/// Requests that carry an `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header-07): done once, answered as
/// often as they are sent.
///
/// A key goes through three states. `running`: somebody works on the request, until his lease ends. `applied`: the
/// change is in the database, written in **the same transaction** (see ``MarkingDatabase``), so that a death between
/// the change and the answer cannot lead to a second change. `answered`: the answer is kept, sealed, for whoever asks
/// again.
/// A request that was refused leaves no trace: put right, it may be sent with the same key.
package struct IdempotencyKeys: Sendable {
    /// Bounds of keys and of how long they are known.
    package enum Limits {
        /// A UUID has 36.
        package static let nameBytesMax = 255
        /// How long an answer can be had again.
        package static let keptSeconds: Int64 = 86_400
        /// A process that works on a request for longer is taken for dead. No request takes as long: its body was read
        /// before, and waiting for an operation is done after.
        package static let leaseSeconds: Int64 = 60
    }

    /// A request by its key.
    package struct Request: Sendable {
        let holder: String
        let name: String
        let digest: String

        /// `caller` has sent `content` – method, address and body – under `name`. Throws when that is no key.
        package init(_ name: String, of caller: Caller, content: [UInt8]) throws(Fault) {
            guard (1...Limits.nameBytesMax).contains(name.utf8.count), name.utf8.allSatisfy({ (33...126).contains($0) })
            else {
                throw Fault(
                    .malformed,
                    "Idempotency-Key must be 1 to \(Limits.nameBytesMax) visible ASCII characters, such as a UUID.")
            }
            self.name = name
            holder = Self.holder(caller)
            digest = Hex.lower(SHA256.hash(data: content))
        }

        /// Credentials that may see all of an account share its keys, so that a new API key does not end them. What an
        /// application or a limited credential has been answered is its own.
        private static func holder(_ caller: Caller) -> String {
            var parts = [caller.userID.map { "user:\($0)" } ?? "nobody"]
            if let id = caller.applicationID { parts.append("application:\(id)") }
            if let projects = caller.projects {
                parts.append("projects:" + projects.sorted().map(String.init).joined(separator: ","))
            }
            return parts.joined(separator: " ")
        }
    }

    /// What was answered.
    package struct Kept: Sendable, Hashable {
        package let status: Int
        package let location: String?
        package let body: String

        package init(status: Int, location: String?, body: String) {
            self.status = status
            self.location = location
            self.body = body
        }
    }

    /// What comes next for a request.
    package enum Beginning: Sendable {
        /// Do it, with this mark on the change.
        case first(IdempotencyMark)
        /// It was done; this is what was answered.
        case again(Kept)
    }

    private let database: any Database
    private let vault: Vault
    private let clock: any WallClock

    package init(database: any Database, vault: Vault, clock: any WallClock) {
        self.database = database
        self.vault = vault
        self.clock = clock
    }

    /// Begins a request, or finds that it was done. Throws `.conflict` while somebody else is at it, `.invalid` when
    /// the key was used for another request.
    package func begin(_ request: Request) async throws -> Beginning {
        let now = clock.now()
        let mark = IdempotencyMark(holder: request.holder, name: request.name, attempt: Random.token(16))
        let found = try await database.transaction { tx -> Row? in
            if try Self.insert(request, mark, at: now, in: tx) { return nil }
            guard let row = try Self.find(request, in: tx) else {
                throw Fault(.conflict, "This Idempotency-Key has just expired. Please try again.")
            }
            let isAbandoned = row.state == "running" && row.leaseUntil <= now && row.digest == request.digest
            if row.expiresAt <= now || isAbandoned {
                try tx.run(
                    "DELETE FROM idempotency_keys WHERE holder = \(request.holder) AND name = \(request.name)")
                _ = try Self.insert(request, mark, at: now, in: tx)
                return nil
            }
            return row
        }
        guard let found else { return .first(mark) }
        return .again(try kept(found, request, at: now))
    }

    private func kept(_ row: Row, _ request: Request, at now: Moment) throws -> Kept {
        guard row.digest == request.digest else {
            throw Fault(.invalid, "This Idempotency-Key was used for another request. Take a new one for each request.")
        }
        if let status = row.status, let body = row.body {
            let opened = try vault.open(body, from: Self.place(request.holder, request.name))
            return Kept(status: Int(status), location: row.location, body: opened.reveal())
        }
        if row.leaseUntil > now {
            throw Fault(.conflict, "The first request with this Idempotency-Key is still being worked on.")
        }
        throw Fault(
            .conflict,
            "The first request with this Idempotency-Key was carried out, but its answer was lost when the server "
                + "stopped. Look at what there is now; nothing is done twice.")
    }

    /// Keeps the answer of a request whose change was applied. A failure to keep it is no failure of the request.
    package func finish(_ mark: IdempotencyMark, _ answer: Kept) async {
        let place = Self.place(mark.holder, mark.name)
        guard let body = try? vault.seal(Secret(answer.body), for: place) else { return }
        _ = try? await database.transaction { tx in
            try tx.run(
                """
                UPDATE idempotency_keys
                SET state = 'answered', status = \(Int64(answer.status)), location = \(answer.location), body = \(body)
                WHERE holder = \(mark.holder) AND name = \(mark.name) AND attempt = \(mark.attempt)
                """)
        }
    }

    /// Forgets a request that changed nothing. What was applied is kept.
    package func abandon(_ mark: IdempotencyMark) async {
        _ = try? await database.transaction { tx in
            try tx.run(
                """
                DELETE FROM idempotency_keys
                WHERE holder = \(mark.holder) AND name = \(mark.name) AND attempt = \(mark.attempt)
                    AND state = 'running'
                """)
        }
    }

    private static func place(_ holder: String, _ name: String) -> Vault.Place {
        Vault.Place(table: "idempotency_keys", row: "\(holder)|\(name)", column: "body")
    }

    private struct Row: Sendable {
        let digest: String
        let state: String
        let leaseUntil: Moment
        let status: Int64?
        let location: String?
        let body: String?
        let expiresAt: Moment
    }

    private static func insert(
        _ request: Request, _ mark: IdempotencyMark, at now: Moment, in tx: any Transaction
    ) throws -> Bool {
        try tx.run(
            """
            INSERT INTO idempotency_keys
                (holder, name, request_sha256, state, attempt, lease_until, created_at, expires_at)
            VALUES (\(request.holder), \(request.name), \(request.digest), 'running', \(mark.attempt),
                \(now.advanced(by: .seconds(Limits.leaseSeconds))), \(now),
                \(now.advanced(by: .seconds(Limits.keptSeconds))))
            ON CONFLICT (holder, name) DO NOTHING
            """) == 1
    }

    private static func find(_ request: Request, in tx: any Transaction) throws -> Row? {
        try tx.first(
            """
            SELECT request_sha256, state, lease_until, status, location, body, expires_at FROM idempotency_keys
            WHERE holder = \(request.holder) AND name = \(request.name) \(.forUpdate)
            """
        ) {
            Row(
                digest: $0.text(0), state: $0.text(1), leaseUntil: $0.moment(2), status: $0.intOrNil(3),
                location: $0.textOrNil(4), body: $0.textOrNil(5), expiresAt: $0.moment(6))
        }
    }
}
