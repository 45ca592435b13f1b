extension SchemaStep {
    static let callbacks = SchemaStep(
        number: 14,
        why: "Messages that wait for the end of an operation, a log of all tries of delivery, and keys to sign with.",
        statements: [
            "ALTER TABLE outbox ADD COLUMN after_operation BIGINT REFERENCES operations (id) ON DELETE CASCADE",
            "CREATE INDEX outbox_operation ON outbox (after_operation) WHERE after_operation IS NOT NULL",
            """
            CREATE TABLE outbox_attempts (
                message_id BIGINT NOT NULL REFERENCES outbox (id) ON DELETE CASCADE,
                number BIGINT NOT NULL,
                at BIGINT NOT NULL,
                error TEXT,
                PRIMARY KEY (message_id, number)
            )
            """,
            """
            CREATE TABLE signing_secrets (
                user_id BIGINT PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
                secret TEXT NOT NULL,
                previous TEXT,
                created_at BIGINT NOT NULL
            )
            """,
        ]
    )
}
