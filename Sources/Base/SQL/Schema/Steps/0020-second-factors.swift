extension SchemaStep {
    static let secondFactors = SchemaStep(
        number: 20,
        why: "A second factor for people who sign in: one-time passwords, recovery codes, sign-ins that wait for one.",
        statements: [
            """
            CREATE TABLE second_factors (
                user_id BIGINT PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
                secret TEXT NOT NULL,
                last_step BIGINT NOT NULL,
                confirmed_at BIGINT,
                created_at BIGINT NOT NULL
            )
            """,
            """
            CREATE TABLE recovery_codes (
                user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
                code_sha256 TEXT NOT NULL,
                PRIMARY KEY (user_id, code_sha256)
            )
            """,
            """
            CREATE TABLE pending_sign_ins (
                id \(.identity),
                token_sha256 TEXT NOT NULL UNIQUE,
                user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
                tries BIGINT NOT NULL DEFAULT 0 CHECK (tries >= 0),
                expires_at BIGINT NOT NULL
            )
            """,
            "CREATE INDEX pending_sign_ins_user ON pending_sign_ins (user_id)",
            "CREATE INDEX pending_sign_ins_expiry ON pending_sign_ins (expires_at)",
        ]
    )
}
