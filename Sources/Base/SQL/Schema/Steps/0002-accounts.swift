extension SchemaStep {
    static let accounts = SchemaStep(
        number: 2,
        why: "Accounts, their groups with quotas, the v60 API key pairs, and the audit trail.",
        statements: [
            """
            CREATE TABLE billing_plans (
                id \(.identity),
                name TEXT NOT NULL UNIQUE,
                is_default INTEGER NOT NULL DEFAULT 0 CHECK (is_default IN (0, 1)),
                created_at BIGINT NOT NULL,
                updated_at BIGINT NOT NULL
            )
            """,
            "CREATE UNIQUE INDEX billing_plans_one_default ON billing_plans (is_default) WHERE is_default = 1",
            """
            CREATE TABLE user_groups (
                id \(.identity),
                name TEXT NOT NULL UNIQUE,
                is_default INTEGER NOT NULL DEFAULT 0 CHECK (is_default IN (0, 1)),
                active INTEGER NOT NULL DEFAULT 1 CHECK (active IN (0, 1)),
                billing_plan_id BIGINT NOT NULL REFERENCES billing_plans (id),
                quota_containers BIGINT NOT NULL DEFAULT 250 CHECK (quota_containers >= 0),
                created_at BIGINT NOT NULL,
                updated_at BIGINT NOT NULL
            )
            """,
            "CREATE UNIQUE INDEX user_groups_one_default ON user_groups (is_default) WHERE is_default = 1",
            """
            CREATE TABLE users (
                id \(.identity),
                email TEXT NOT NULL UNIQUE CHECK (email = lower(email)),
                first_name TEXT NOT NULL,
                last_name TEXT NOT NULL,
                password_hash TEXT,
                is_admin INTEGER NOT NULL DEFAULT 0 CHECK (is_admin IN (0, 1)),
                active INTEGER NOT NULL DEFAULT 1 CHECK (active IN (0, 1)),
                user_group_id BIGINT NOT NULL REFERENCES user_groups (id),
                currency TEXT NOT NULL DEFAULT 'USD',
                locale TEXT NOT NULL DEFAULT 'en',
                containers_count BIGINT NOT NULL DEFAULT 0 CHECK (containers_count >= 0),
                projects_count BIGINT NOT NULL DEFAULT 0 CHECK (projects_count >= 0),
                created_at BIGINT NOT NULL,
                updated_at BIGINT NOT NULL
            )
            """,
            """
            CREATE TABLE api_keys (
                id \(.identity),
                user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
                username TEXT NOT NULL UNIQUE,
                secret_sha256 TEXT NOT NULL,
                revoked_at BIGINT,
                created_at BIGINT NOT NULL
            )
            """,
            "CREATE INDEX api_keys_user ON api_keys (user_id)",
            """
            CREATE TABLE audits (
                id \(.identity),
                user_id BIGINT,
                means TEXT NOT NULL,
                request_id TEXT NOT NULL,
                ip_addr TEXT NOT NULL,
                event TEXT NOT NULL,
                noun TEXT NOT NULL,
                subject_id BIGINT,
                operation_id BIGINT REFERENCES operations (id),
                raw_data TEXT,
                created_at BIGINT NOT NULL
            )
            """,
            "CREATE INDEX audits_operation ON audits (operation_id) WHERE operation_id IS NOT NULL",
        ]
    )
}
