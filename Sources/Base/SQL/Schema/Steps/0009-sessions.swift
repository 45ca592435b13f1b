extension SchemaStep {
    static let sessions = SchemaStep(
        number: 9,
        why: "People who are signed in in a browser, to allow applications access.",
        statements: [
            """
            CREATE TABLE sessions (
                id \(.identity),
                token_sha256 TEXT NOT NULL UNIQUE,
                user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
                ip_addr TEXT NOT NULL,
                user_agent TEXT NOT NULL,
                created_at BIGINT NOT NULL,
                seen_at BIGINT NOT NULL,
                expires_at BIGINT NOT NULL
            )
            """,
            "CREATE INDEX sessions_user ON sessions (user_id)",
            "CREATE INDEX sessions_expiry ON sessions (expires_at)",
        ]
    )
}
