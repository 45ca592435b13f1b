extension SchemaStep {
    static let fleet = SchemaStep(
        number: 3,
        why: "Locations and zones: where containers can run, what is promised there, and what was last heard.",
        statements: [
            """
            CREATE TABLE locations (
                id \(.identity),
                name TEXT NOT NULL UNIQUE,
                active INTEGER NOT NULL DEFAULT 1 CHECK (active IN (0, 1)),
                fill_strategy TEXT NOT NULL DEFAULT 'least' CHECK (fill_strategy IN ('least', 'full')),
                created_at BIGINT NOT NULL,
                updated_at BIGINT NOT NULL
            )
            """,
            """
            CREATE TABLE zones (
                id \(.identity),
                location_id BIGINT NOT NULL REFERENCES locations (id),
                name TEXT NOT NULL,
                active INTEGER NOT NULL DEFAULT 1 CHECK (active IN (0, 1)),
                docker_endpoint TEXT NOT NULL,
                tls_dir TEXT,
                ingress_http_port BIGINT NOT NULL CHECK (ingress_http_port BETWEEN 1 AND 65535),
                ingress_https_port BIGINT CHECK (ingress_https_port BETWEEN 1 AND 65535),
                apps_domain TEXT NOT NULL CHECK (apps_domain = lower(apps_domain)),
                public_ip TEXT,
                network_pool TEXT NOT NULL,
                network_prefix BIGINT NOT NULL DEFAULT 27 CHECK (network_prefix BETWEEN 20 AND 29),
                fill_to BIGINT NOT NULL DEFAULT 500 CHECK (fill_to >= 1),
                overcommit INTEGER NOT NULL DEFAULT 1 CHECK (overcommit IN (0, 1)),
                cpu_milli_total BIGINT,
                memory_mb_total BIGINT,
                cpu_milli_reserved BIGINT NOT NULL DEFAULT 0 CHECK (cpu_milli_reserved >= 0),
                memory_mb_reserved BIGINT NOT NULL DEFAULT 0 CHECK (memory_mb_reserved >= 0),
                containers_reserved BIGINT NOT NULL DEFAULT 0 CHECK (containers_reserved >= 0),
                state TEXT NOT NULL DEFAULT 'unknown' CHECK (state IN ('unknown', 'online', 'unreachable')),
                state_since BIGINT,
                state_detail TEXT,
                watcher TEXT,
                watcher_until BIGINT,
                events_seen_until BIGINT,
                created_at BIGINT NOT NULL,
                updated_at BIGINT NOT NULL,
                UNIQUE (location_id, name),
                UNIQUE (docker_endpoint)
            )
            """,
        ]
    )
}
