extension SchemaStep {
    static let signals = SchemaStep(
        number: 6,
        why: "What was heard from containers: log lines and usage samples, both kept for a limited time.",
        statements: [
            """
            CREATE TABLE log_lines (
                id \(.identity),
                service_id BIGINT NOT NULL,
                container_id BIGINT NOT NULL,
                at_us BIGINT NOT NULL,
                stream INTEGER NOT NULL CHECK (stream IN (1, 2)),
                line TEXT NOT NULL
            )
            """,
            "CREATE INDEX log_lines_service ON log_lines (service_id, at_us)",
            "CREATE INDEX log_lines_container ON log_lines (container_id, at_us)",
            "CREATE INDEX log_lines_at ON log_lines (at_us)",
            """
            CREATE TABLE log_positions (
                instance_id BIGINT PRIMARY KEY,
                at_us BIGINT NOT NULL,
                same_instant BIGINT NOT NULL DEFAULT 1
            )
            """,
            """
            CREATE TABLE metric_samples (
                container_id BIGINT NOT NULL,
                width_s INTEGER NOT NULL CHECK (width_s IN (30, 300)),
                bucket_at BIGINT NOT NULL,
                samples BIGINT NOT NULL,
                cpu_milli_sum BIGINT NOT NULL,
                memory_kib_sum BIGINT NOT NULL,
                memory_limit_kib BIGINT NOT NULL,
                PRIMARY KEY (container_id, width_s, bucket_at)
            )
            """,
            "CREATE INDEX metric_samples_at ON metric_samples (width_s, bucket_at)",
        ]
    )
}
