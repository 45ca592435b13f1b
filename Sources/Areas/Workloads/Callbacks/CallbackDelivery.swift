package import Basics
package import Identity
package import Operations
package import SQL

/// What callbacks need from the outside: one POST, guarded against addresses that are nobody else's business.
package protocol CallbackSender: Sendable {
    /// Sends `body` and answers the status. Throws `.invalid` when the address must not be called, `.unavailable` when
    /// nobody answers.
    func post(_ url: String, headers: [(String, String)], body: String) async throws -> Int
}

/// Tells clients that an operation has ended, which they asked for when they started it.
package struct CallbackDelivery: OutboxDeliverer {
    package let kind = OperationNotice.kind
    /// As v60 has it: after 5 and 10 minutes, then every quarter of an hour, until it is 4 hours old.
    package let schedule = OutboxSchedule(
        pauses: [.seconds(300), .seconds(600)] + [Duration](repeating: .seconds(900), count: 15),
        timeMax: .seconds(20))

    private let database: any Database
    private let vault: Vault
    private let secrets: SigningSecrets
    private let sender: any CallbackSender
    private let clock: any WallClock

    package init(database: any Database, vault: Vault, sender: any CallbackSender, clock: any WallClock) {
        self.database = database
        self.vault = vault
        self.sender = sender
        self.clock = clock
        secrets = SigningSecrets(database: database, vault: vault, clock: clock)
    }

    package func deliver(_ message: OutboxMessage) async throws {
        let notice = try message.decode(OperationNotice.self)
        let target = try CallbackTarget.open(notice.notice, with: vault)
        guard let body = try await body(of: notice.operationID, message: message.id) else {
            throw Fault(.notFound, "The operation \(notice.operationID) is gone.")
        }
        let id = "msg_\(message.id)"
        let now = clock.now().milliseconds / 1000
        var headers = [
            ("Content-Type", "application/json"), ("Accept", "application/json"), ("webhook-id", id),
            ("webhook-timestamp", String(now)),
        ]
        if let user = body.userID {
            headers.append(
                ("webhook-signature", try await secrets.signature(of: body.text, id: id, at: now, for: user)))
        }
        if let authorization = target.authorization { headers.append(("Authorization", authorization)) }
        let status = try await sender.post(target.url, headers: headers, body: body.text)
        // 410 is how a receiver says that it will never want this again.
        if status == 410 { throw Fault(.invalid, "The receiver answered 410: it is gone for good.") }
        guard (200..<300).contains(status) else {
            throw Fault(.unavailable, "The receiver answered \(status).")
        }
    }

    /// What is sent: the same for every try, for nothing changes about an operation that has ended.
    private func body(of id: Int64, message: Int64) async throws -> (text: String, userID: Int64?)? {
        try await database.read { connection in
            guard let operation = try Operations.fetch(id, in: connection) else { return nil }
            let subjects = try connection.rows(
                """
                SELECT noun, subject_id FROM operation_subjects WHERE operation_id = \(id) ORDER BY noun, subject_id
                """
            ) { JSONValue.object(["type": .string($0.text(0)), "id": .int($0.int(1))]) }
            let details = try EventReading.details(of: id, on: connection)
            let ended = operation.finishedAt ?? operation.updatedAt
            let value = JSONValue.object([
                "timestamp": .int(ended.milliseconds / 1000), "success": .bool(operation.state == .completed),
                "data": .array(details.map { .string($0.text) }),
                "type": .string("operation.\(operation.state.rawValue)"),
                "operation": .object([
                    "id": .int(id), "kind": .string(operation.kind), "state": .string(operation.state.rawValue),
                    "reason": operation.error.map { .string($0) } ?? .null,
                ]),
                "resources": .array(subjects),
            ])
            return (value.compact, operation.userID)
        }
    }
}
