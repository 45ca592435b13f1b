extension SchemaStep {
    static let deviceCodes = SchemaStep(
        number: 17,
        why: "The device grant (RFC 8628): codes of devices without a browser, and who guesses at them.",
        statements: [
            """
            ALTER TABLE oauth_applications ADD COLUMN uses_devices INTEGER NOT NULL DEFAULT 0
                CHECK (uses_devices IN (0, 1))
            """,
            // What was allowed hangs on the grant, as with every other code.
            """
            CREATE TABLE oauth_device_codes (
                id \(.identity),
                device_sha256 TEXT NOT NULL UNIQUE,
                user_sha256 TEXT NOT NULL UNIQUE,
                application_id BIGINT NOT NULL REFERENCES oauth_applications (id) ON DELETE CASCADE,
                scopes TEXT NOT NULL,
                ip_addr TEXT NOT NULL,
                state TEXT NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'denied', 'allowed', 'used')),
                grant_id BIGINT REFERENCES oauth_grants (id) ON DELETE CASCADE,
                interval_seconds BIGINT NOT NULL,
                polled_at BIGINT,
                used_at BIGINT,
                created_at BIGINT NOT NULL,
                expires_at BIGINT NOT NULL,
                CHECK ((grant_id IS NOT NULL) = (state IN ('allowed', 'used')))
            )
            """,
            "CREATE INDEX oauth_device_codes_application ON oauth_device_codes (application_id, expires_at)",
            "CREATE INDEX oauth_device_codes_grant ON oauth_device_codes (grant_id) WHERE grant_id IS NOT NULL",
            "CREATE INDEX oauth_device_codes_expiry ON oauth_device_codes (expires_at)",
            """
            CREATE TABLE oauth_device_guesses (
                user_id BIGINT PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
                failures BIGINT NOT NULL,
                since BIGINT NOT NULL
            )
            """,
        ]
    )
}
