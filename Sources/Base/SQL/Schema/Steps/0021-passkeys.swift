extension SchemaStep {
    static let passkeys = SchemaStep(
        number: 21,
        why: "Passkeys of accounts, and the challenges that they answer.",
        statements: [
            """
            CREATE TABLE passkeys (
                id \(.identity),
                user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
                credential_id TEXT NOT NULL UNIQUE,
                public_key TEXT NOT NULL,
                name TEXT NOT NULL,
                sign_count BIGINT NOT NULL CHECK (sign_count >= 0),
                created_at BIGINT NOT NULL,
                last_used_at BIGINT
            )
            """,
            "CREATE INDEX passkeys_user ON passkeys (user_id)",
            """
            CREATE TABLE passkey_challenges (
                id \(.identity),
                challenge_sha256 TEXT NOT NULL UNIQUE,
                purpose TEXT NOT NULL CHECK (purpose IN ('register', 'sign_in', 'second_factor')),
                user_id BIGINT REFERENCES users (id) ON DELETE CASCADE,
                expires_at BIGINT NOT NULL
            )
            """,
            "CREATE INDEX passkey_challenges_user ON passkey_challenges (user_id) WHERE user_id IS NOT NULL",
            "CREATE INDEX passkey_challenges_expiry ON passkey_challenges (expires_at)",
        ]
    )
}
