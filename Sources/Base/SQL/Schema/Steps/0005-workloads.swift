extension SchemaStep {
    static let workloads = SchemaStep(
        number: 5,
        why: "What customers run: orders, projects, services, containers with their instances, addresses and volumes.",
        statements: [
            """
            CREATE TABLE projects (
                id \(.identity),
                user_id BIGINT NOT NULL REFERENCES users (id),
                zone_id BIGINT NOT NULL REFERENCES zones (id),
                name TEXT NOT NULL,
                state TEXT NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'deleting')),
                skip_ssh INTEGER NOT NULL DEFAULT 0 CHECK (skip_ssh IN (0, 1)),
                created_at BIGINT NOT NULL,
                updated_at BIGINT NOT NULL
            )
            """,
            "CREATE INDEX projects_user ON projects (user_id, name, id) WHERE state = 'active'",
            "CREATE INDEX projects_leaving ON projects (user_id) WHERE state = 'deleting'",
            "CREATE INDEX projects_zone ON projects (zone_id)",
            """
            CREATE TABLE orders (
                id TEXT PRIMARY KEY,
                user_id BIGINT NOT NULL REFERENCES users (id),
                project_id BIGINT REFERENCES projects (id) ON DELETE SET NULL,
                location_id BIGINT NOT NULL REFERENCES locations (id),
                zone_id BIGINT NOT NULL REFERENCES zones (id),
                status TEXT NOT NULL CHECK (status IN
                    ('open', 'pending', 'awaiting_payment', 'processing', 'cancelled', 'completed', 'failed')),
                order_data TEXT NOT NULL,
                operation_id BIGINT REFERENCES operations (id),
                created_at BIGINT NOT NULL,
                updated_at BIGINT NOT NULL
            )
            """,
            "CREATE INDEX orders_user ON orders (user_id, created_at, id)",
            "CREATE INDEX orders_project ON orders (project_id) WHERE project_id IS NOT NULL",
            """
            CREATE TABLE services (
                id \(.identity),
                project_id BIGINT NOT NULL REFERENCES projects (id),
                name TEXT NOT NULL UNIQUE,
                label TEXT NOT NULL,
                image_variant_id BIGINT NOT NULL REFERENCES image_variants (id),
                product_id BIGINT REFERENCES products (id),
                cpu_milli BIGINT NOT NULL CHECK (cpu_milli > 0),
                memory_mb BIGINT NOT NULL CHECK (memory_mb > 0),
                command TEXT,
                state TEXT NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'deleting')),
                labels TEXT NOT NULL DEFAULT '{}',
                created_at BIGINT NOT NULL,
                updated_at BIGINT NOT NULL
            )
            """,
            "CREATE INDEX services_project ON services (project_id, label, id, image_variant_id)",
            """
            CREATE TABLE service_settings (
                id \(.identity),
                service_id BIGINT NOT NULL REFERENCES services (id) ON DELETE CASCADE,
                name TEXT NOT NULL,
                label TEXT,
                param_type TEXT NOT NULL CHECK (param_type IN ('static', 'password')),
                value_sealed TEXT NOT NULL,
                UNIQUE (service_id, name)
            )
            """,
            """
            CREATE TABLE service_env (
                id \(.identity),
                service_id BIGINT NOT NULL REFERENCES services (id) ON DELETE CASCADE,
                name TEXT NOT NULL,
                param_type TEXT NOT NULL CHECK (param_type IN ('static', 'variable')),
                value TEXT NOT NULL,
                UNIQUE (service_id, name)
            )
            """,
            """
            CREATE TABLE service_links (
                service_id BIGINT NOT NULL REFERENCES services (id) ON DELETE CASCADE,
                depends_on_id BIGINT NOT NULL REFERENCES services (id) ON DELETE CASCADE,
                PRIMARY KEY (service_id, depends_on_id),
                CHECK (service_id <> depends_on_id)
            )
            """,
            "CREATE INDEX service_links_depends_on ON service_links (depends_on_id)",
            """
            CREATE TABLE ingress_rules (
                id \(.identity),
                service_id BIGINT NOT NULL REFERENCES services (id) ON DELETE CASCADE,
                port BIGINT NOT NULL CHECK (port BETWEEN 1 AND 65535),
                proto TEXT NOT NULL CHECK (proto IN ('http', 'https', 'tcp', 'tls', 'udp')),
                external_access INTEGER NOT NULL CHECK (external_access IN (0, 1)),
                backend_ssl INTEGER NOT NULL CHECK (backend_ssl IN (0, 1)),
                tcp_proxy_opt TEXT NOT NULL,
                tcp_lb INTEGER NOT NULL CHECK (tcp_lb IN (0, 1)),
                created_at BIGINT NOT NULL,
                updated_at BIGINT NOT NULL,
                UNIQUE (service_id, proto, port)
            )
            """,
            """
            CREATE TABLE domains (
                id \(.identity),
                domain TEXT NOT NULL UNIQUE CHECK (domain = lower(domain)),
                user_id BIGINT NOT NULL REFERENCES users (id),
                ingress_rule_id BIGINT NOT NULL REFERENCES ingress_rules (id) ON DELETE CASCADE,
                system_domain INTEGER NOT NULL DEFAULT 0 CHECK (system_domain IN (0, 1)),
                enabled INTEGER NOT NULL DEFAULT 1 CHECK (enabled IN (0, 1)),
                created_at BIGINT NOT NULL,
                updated_at BIGINT NOT NULL
            )
            """,
            "CREATE INDEX domains_ingress_rule ON domains (ingress_rule_id)",
            """
            CREATE TABLE networks (
                id \(.identity),
                project_id BIGINT NOT NULL UNIQUE REFERENCES projects (id),
                zone_id BIGINT NOT NULL REFERENCES zones (id),
                slot BIGINT NOT NULL CHECK (slot >= 0),
                cidr TEXT NOT NULL,
                created_at BIGINT NOT NULL,
                UNIQUE (zone_id, slot)
            )
            """,
            """
            CREATE TABLE containers (
                id \(.identity),
                service_id BIGINT NOT NULL REFERENCES services (id),
                name TEXT NOT NULL UNIQUE,
                ordinal BIGINT NOT NULL,
                desired_state TEXT NOT NULL CHECK (desired_state IN ('running', 'stopped', 'removed')),
                state TEXT NOT NULL DEFAULT 'pending' CHECK (state IN
                    ('pending', 'building', 'starting', 'running', 'stopping', 'stopped', 'crashed', 'crash_loop')),
                state_detail TEXT,
                crash_count BIGINT NOT NULL DEFAULT 0,
                crashed_at BIGINT,
                created_at BIGINT NOT NULL,
                updated_at BIGINT NOT NULL,
                UNIQUE (service_id, ordinal)
            )
            """,
            """
            CREATE INDEX containers_crashed ON containers (service_id) WHERE state IN ('crashed', 'crash_loop')
            """,
            """
            CREATE TABLE instances (
                id \(.identity),
                container_id BIGINT NOT NULL REFERENCES containers (id),
                generation BIGINT NOT NULL,
                network_id BIGINT NOT NULL REFERENCES networks (id),
                host_number BIGINT NOT NULL CHECK (host_number >= 2),
                address TEXT NOT NULL,
                state TEXT NOT NULL CHECK (state IN ('building', 'serving', 'draining')),
                engine_id TEXT,
                created_at BIGINT NOT NULL,
                updated_at BIGINT NOT NULL,
                UNIQUE (container_id, generation),
                UNIQUE (network_id, host_number)
            )
            """,
            "CREATE UNIQUE INDEX instances_one_serving ON instances (container_id) WHERE state = 'serving'",
            """
            CREATE TABLE volumes (
                id \(.identity),
                zone_id BIGINT NOT NULL REFERENCES zones (id),
                user_id BIGINT NOT NULL REFERENCES users (id),
                project_id BIGINT REFERENCES projects (id) ON DELETE SET NULL,
                service_id BIGINT REFERENCES services (id) ON DELETE SET NULL,
                name TEXT NOT NULL UNIQUE,
                label TEXT NOT NULL,
                trash_after BIGINT,
                created_at BIGINT NOT NULL,
                updated_at BIGINT NOT NULL
            )
            """,
            "CREATE INDEX volumes_project ON volumes (project_id)",
            "CREATE INDEX volumes_service ON volumes (service_id)",
            """
            CREATE TABLE volume_mounts (
                service_id BIGINT NOT NULL REFERENCES services (id) ON DELETE CASCADE,
                volume_id BIGINT NOT NULL REFERENCES volumes (id) ON DELETE CASCADE,
                mount_path TEXT NOT NULL,
                mount_ro INTEGER NOT NULL CHECK (mount_ro IN (0, 1)),
                PRIMARY KEY (service_id, mount_path)
            )
            """,
            "CREATE INDEX volume_mounts_volume ON volume_mounts (volume_id)",
        ]
    )
}
