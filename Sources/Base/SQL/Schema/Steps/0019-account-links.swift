extension SchemaStep {
    static let accountLinks = SchemaStep(
        number: 19,
        why: "Links that are mailed: to confirm an address, to change it, to choose a new password.",
        statements: [
            """
            CREATE TABLE account_links (
                id \(.identity),
                token_sha256 TEXT NOT NULL UNIQUE,
                user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
                purpose TEXT NOT NULL CHECK (purpose IN ('confirm', 'change_email', 'reset')),
                email TEXT NOT NULL CHECK (email = lower(email)),
                cause BIGINT,
                created_at BIGINT NOT NULL,
                expires_at BIGINT NOT NULL
            )
            """,
            "CREATE INDEX account_links_user ON account_links (user_id, purpose)",
            "CREATE INDEX account_links_expiry ON account_links (expires_at)",
            // A request that is worked on twice gives one link.
            "CREATE UNIQUE INDEX account_links_cause ON account_links (cause) WHERE cause IS NOT NULL",
        ]
    )
}
