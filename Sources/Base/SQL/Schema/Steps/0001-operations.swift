extension SchemaStep {
    static let operations = SchemaStep(
        number: 1,
        why: "Durable operations with steps, locks, timers and an outbox: everything else is done through them.",
        statements: [
            """
            CREATE TABLE installation (
                id INTEGER PRIMARY KEY CHECK (id = 1),
                code TEXT NOT NULL,
                created_at BIGINT NOT NULL
            )
            """,
            """
            CREATE TABLE operations (
                id \(.identity),
                kind TEXT NOT NULL,
                state TEXT NOT NULL CHECK (state IN
                    ('pending', 'running', 'undoing', 'completed', 'failed', 'cancelled')),
                parent_id BIGINT REFERENCES operations (id),
                user_id BIGINT,
                request_id TEXT NOT NULL,
                input TEXT NOT NULL,
                error TEXT,
                attention TEXT,
                cancel_requested INTEGER NOT NULL DEFAULT 0 CHECK (cancel_requested IN (0, 1)),
                fence BIGINT NOT NULL DEFAULT 0,
                worker TEXT,
                lease_until BIGINT,
                attempt BIGINT NOT NULL DEFAULT 0,
                crashes BIGINT NOT NULL DEFAULT 0,
                run_after BIGINT NOT NULL,
                created_at BIGINT NOT NULL,
                updated_at BIGINT NOT NULL,
                finished_at BIGINT
            )
            """,
            """
            CREATE INDEX operations_claimable ON operations (run_after, id)
            WHERE state IN ('pending', 'running', 'undoing')
            """,
            "CREATE INDEX operations_parent ON operations (parent_id) WHERE parent_id IS NOT NULL",
            """
            CREATE TABLE operation_steps (
                operation_id BIGINT NOT NULL REFERENCES operations (id) ON DELETE CASCADE,
                name TEXT NOT NULL,
                position BIGINT NOT NULL,
                state TEXT NOT NULL CHECK (state IN ('started', 'done', 'failed')),
                fence BIGINT NOT NULL,
                attempt BIGINT NOT NULL,
                output TEXT,
                error TEXT,
                started_at BIGINT NOT NULL,
                finished_at BIGINT,
                PRIMARY KEY (operation_id, name)
            )
            """,
            """
            CREATE TABLE resource_locks (
                operation_id BIGINT NOT NULL REFERENCES operations (id) ON DELETE CASCADE,
                resource TEXT NOT NULL,
                scope BIGINT NOT NULL,
                PRIMARY KEY (resource, scope, operation_id)
            )
            """,
            "CREATE TABLE lock_queues (bucket BIGINT PRIMARY KEY, tickets BIGINT NOT NULL)",
            "CREATE INDEX resource_locks_operation ON resource_locks (operation_id)",
            """
            CREATE TABLE operation_subjects (
                operation_id BIGINT NOT NULL REFERENCES operations (id) ON DELETE CASCADE,
                noun TEXT NOT NULL,
                subject_id BIGINT NOT NULL,
                PRIMARY KEY (noun, subject_id, operation_id)
            )
            """,
            "CREATE INDEX operation_subjects_operation ON operation_subjects (operation_id)",
            """
            CREATE TABLE subject_work (
                noun TEXT NOT NULL,
                subject_id BIGINT NOT NULL,
                live BIGINT NOT NULL CHECK (live >= 0),
                failed INTEGER NOT NULL DEFAULT 0 CHECK (failed IN (0, 1)),
                lasting_failed INTEGER NOT NULL DEFAULT 0 CHECK (lasting_failed IN (0, 1)),
                PRIMARY KEY (noun, subject_id)
            )
            """,
            """
            CREATE TABLE timers (
                name TEXT PRIMARY KEY,
                due_at BIGINT NOT NULL,
                every_ms BIGINT NOT NULL CHECK (every_ms > 0),
                fence BIGINT NOT NULL DEFAULT 0,
                worker TEXT,
                lease_until BIGINT,
                last_finished_at BIGINT,
                last_report TEXT
            )
            """,
            """
            CREATE TABLE outbox (
                id \(.identity),
                kind TEXT NOT NULL,
                payload TEXT NOT NULL,
                state TEXT NOT NULL CHECK (state IN ('waiting', 'delivered', 'dead')),
                attempt BIGINT NOT NULL DEFAULT 0,
                run_after BIGINT NOT NULL,
                fence BIGINT NOT NULL DEFAULT 0,
                lease_until BIGINT,
                last_error TEXT,
                created_at BIGINT NOT NULL,
                delivered_at BIGINT
            )
            """,
            "CREATE INDEX outbox_waiting ON outbox (run_after, id) WHERE state = 'waiting'",
        ]
    )
}
