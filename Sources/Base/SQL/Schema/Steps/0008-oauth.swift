extension SchemaStep {
    static let oauth = SchemaStep(
        number: 8,
        why: "The OAuth 2 authorization server: applications, what their users allowed them, codes and tokens.",
        statements: [
            """
            CREATE TABLE oauth_applications (
                id \(.identity),
                uid TEXT NOT NULL UNIQUE,
                secret_sha256 TEXT,
                name TEXT NOT NULL,
                redirect_uris TEXT NOT NULL,
                scopes TEXT NOT NULL,
                owner_id BIGINT REFERENCES users (id) ON DELETE CASCADE,
                created_at BIGINT NOT NULL,
                updated_at BIGINT NOT NULL
            )
            """,
            "CREATE INDEX oauth_applications_owner ON oauth_applications (owner_id) WHERE owner_id IS NOT NULL",
            // What one act of allowing gave: all its tokens end with it. Reuse of a code or refresh token ends it.
            """
            CREATE TABLE oauth_grants (
                id \(.identity),
                application_id BIGINT NOT NULL REFERENCES oauth_applications (id) ON DELETE CASCADE,
                user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
                kind TEXT NOT NULL CHECK (kind IN ('code', 'password', 'device')),
                scopes TEXT NOT NULL,
                all_projects INTEGER NOT NULL DEFAULT 1 CHECK (all_projects IN (0, 1)),
                api_key_id BIGINT REFERENCES api_keys (id) ON DELETE CASCADE,
                created_at BIGINT NOT NULL,
                revoked_at BIGINT
            )
            """,
            "CREATE INDEX oauth_grants_user ON oauth_grants (user_id, application_id)",
            "CREATE INDEX oauth_grants_application ON oauth_grants (application_id)",
            "CREATE INDEX oauth_grants_key ON oauth_grants (api_key_id) WHERE api_key_id IS NOT NULL",
            """
            CREATE TABLE oauth_grant_projects (
                grant_id BIGINT NOT NULL REFERENCES oauth_grants (id) ON DELETE CASCADE,
                project_id BIGINT NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
                PRIMARY KEY (grant_id, project_id)
            )
            """,
            "CREATE INDEX oauth_grant_projects_project ON oauth_grant_projects (project_id)",
            """
            CREATE TABLE oauth_codes (
                code_sha256 TEXT PRIMARY KEY,
                grant_id BIGINT NOT NULL REFERENCES oauth_grants (id) ON DELETE CASCADE,
                redirect_uri TEXT NOT NULL,
                challenge TEXT,
                expires_at BIGINT NOT NULL,
                used_at BIGINT
            )
            """,
            "CREATE INDEX oauth_codes_grant ON oauth_codes (grant_id)",
            """
            CREATE TABLE oauth_tokens (
                token_sha256 TEXT PRIMARY KEY,
                application_id BIGINT NOT NULL REFERENCES oauth_applications (id) ON DELETE CASCADE,
                grant_id BIGINT REFERENCES oauth_grants (id) ON DELETE CASCADE,
                scopes TEXT NOT NULL,
                created_at BIGINT NOT NULL,
                expires_at BIGINT NOT NULL,
                revoked_at BIGINT
            )
            """,
            "CREATE INDEX oauth_tokens_grant ON oauth_tokens (grant_id) WHERE grant_id IS NOT NULL",
            "CREATE INDEX oauth_tokens_application ON oauth_tokens (application_id)",
            "CREATE INDEX oauth_tokens_expiry ON oauth_tokens (expires_at)",
            """
            CREATE TABLE oauth_refresh_tokens (
                token_sha256 TEXT PRIMARY KEY,
                grant_id BIGINT NOT NULL REFERENCES oauth_grants (id) ON DELETE CASCADE,
                scopes TEXT NOT NULL,
                created_at BIGINT NOT NULL,
                expires_at BIGINT NOT NULL,
                used_at BIGINT
            )
            """,
            "CREATE INDEX oauth_refresh_tokens_grant ON oauth_refresh_tokens (grant_id)",
            "CREATE INDEX oauth_refresh_tokens_expiry ON oauth_refresh_tokens (expires_at)",
        ]
    )
}
