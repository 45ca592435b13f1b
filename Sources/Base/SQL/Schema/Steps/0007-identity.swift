extension SchemaStep {
    static let identity = SchemaStep(
        number: 7,
        why: "What an account is asked and what proves who it is: profile, confirmation, lock, named keys, SSH keys.",
        statements: [
            "ALTER TABLE users ADD COLUMN confirmed_at BIGINT",
            // Nobody who has an account already is asked again.
            "UPDATE users SET confirmed_at = created_at",
            "ALTER TABLE users ADD COLUMN failed_logins BIGINT NOT NULL DEFAULT 0 CHECK (failed_logins >= 0)",
            "ALTER TABLE users ADD COLUMN locked_until BIGINT",
            "ALTER TABLE users ADD COLUMN external_id TEXT",
            "ALTER TABLE users ADD COLUMN labels TEXT NOT NULL DEFAULT '{}'",
            "ALTER TABLE users ADD COLUMN company_name TEXT",
            "ALTER TABLE users ADD COLUMN phone TEXT",
            "ALTER TABLE users ADD COLUMN address1 TEXT",
            "ALTER TABLE users ADD COLUMN address2 TEXT",
            "ALTER TABLE users ADD COLUMN city TEXT",
            "ALTER TABLE users ADD COLUMN state TEXT",
            "ALTER TABLE users ADD COLUMN zip TEXT",
            "ALTER TABLE users ADD COLUMN vat TEXT",
            "ALTER TABLE users ADD COLUMN country TEXT NOT NULL DEFAULT 'US'",
            "ALTER TABLE users ADD COLUMN timezone TEXT NOT NULL DEFAULT 'UTC'",
            """
            ALTER TABLE users ADD COLUMN sftp_password INTEGER NOT NULL DEFAULT 1 CHECK (sftp_password IN (0, 1))
            """,
            "CREATE UNIQUE INDEX users_external_id ON users (external_id) WHERE external_id IS NOT NULL",
            """
            ALTER TABLE user_groups
            ADD COLUMN quota_dns_zones BIGINT NOT NULL DEFAULT 250 CHECK (quota_dns_zones >= 0)
            """,
            """
            ALTER TABLE user_groups
            ADD COLUMN quota_registries BIGINT NOT NULL DEFAULT 20 CHECK (quota_registries >= 0)
            """,
            // A v60 pair has no name and no scopes: it has all of the account's rights.
            "ALTER TABLE api_keys ADD COLUMN name TEXT",
            "ALTER TABLE api_keys ADD COLUMN scopes TEXT",
            "ALTER TABLE api_keys ADD COLUMN project_id BIGINT REFERENCES projects (id) ON DELETE CASCADE",
            "ALTER TABLE api_keys ADD COLUMN addresses TEXT",
            "ALTER TABLE api_keys ADD COLUMN expires_at BIGINT",
            "ALTER TABLE api_keys ADD COLUMN last_used_at BIGINT",
            // No reference: the trail outlives the application.
            "ALTER TABLE audits ADD COLUMN application_id BIGINT",
            """
            CREATE TABLE ssh_keys (
                id \(.identity),
                user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
                label TEXT,
                public_key TEXT NOT NULL,
                fingerprint TEXT NOT NULL,
                created_at BIGINT NOT NULL,
                updated_at BIGINT NOT NULL,
                UNIQUE (user_id, fingerprint)
            )
            """,
        ]
    )
}
