extension SchemaStep {
    static let idempotencyKeys = SchemaStep(
        number: 13,
        why: "A request that is sent again, because its answer was lost, is answered again and not done again.",
        statements: [
            """
            CREATE TABLE idempotency_keys (
                holder TEXT NOT NULL,
                name TEXT NOT NULL,
                request_sha256 TEXT NOT NULL,
                state TEXT NOT NULL CHECK (state IN ('running', 'applied', 'answered')),
                attempt TEXT NOT NULL,
                lease_until BIGINT NOT NULL,
                status BIGINT,
                location TEXT,
                body TEXT,
                created_at BIGINT NOT NULL,
                expires_at BIGINT NOT NULL,
                PRIMARY KEY (holder, name)
            )
            """,
            "CREATE INDEX idempotency_keys_expiry ON idempotency_keys (expires_at)",
        ]
    )
}
