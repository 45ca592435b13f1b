extension SchemaStep {
    static let catalogue = SchemaStep(
        number: 4,
        why: "What is sold: packages with prices per plan, and images with variants and parameters.",
        statements: [
            """
            CREATE TABLE products (
                id \(.identity),
                name TEXT NOT NULL UNIQUE,
                label TEXT NOT NULL,
                cpu_milli BIGINT NOT NULL CHECK (cpu_milli > 0),
                memory_mb BIGINT NOT NULL CHECK (memory_mb > 0),
                memory_swap_mb BIGINT CHECK (memory_swap_mb >= 0),
                memory_swappiness BIGINT CHECK (memory_swappiness BETWEEN 0 AND 100),
                storage_gb BIGINT NOT NULL CHECK (storage_gb >= 0),
                bandwidth_gb BIGINT NOT NULL CHECK (bandwidth_gb >= 0),
                local_disk_gb BIGINT NOT NULL DEFAULT 0 CHECK (local_disk_gb >= 0),
                backup_gb BIGINT NOT NULL DEFAULT 0 CHECK (backup_gb >= 0),
                active INTEGER NOT NULL DEFAULT 1 CHECK (active IN (0, 1)),
                created_at BIGINT NOT NULL,
                updated_at BIGINT NOT NULL
            )
            """,
            """
            CREATE TABLE billing_plan_products (
                billing_plan_id BIGINT NOT NULL REFERENCES billing_plans (id) ON DELETE CASCADE,
                product_id BIGINT NOT NULL REFERENCES products (id) ON DELETE CASCADE,
                currency TEXT NOT NULL DEFAULT 'USD',
                price_hour_nano BIGINT NOT NULL CHECK (price_hour_nano >= 0),
                PRIMARY KEY (billing_plan_id, product_id, currency)
            )
            """,
            """
            CREATE TABLE images (
                id \(.identity),
                name TEXT NOT NULL UNIQUE,
                label TEXT NOT NULL,
                description TEXT,
                role TEXT NOT NULL,
                category TEXT NOT NULL,
                active INTEGER NOT NULL DEFAULT 1 CHECK (active IN (0, 1)),
                user_id BIGINT REFERENCES users (id),
                registry_custom TEXT,
                registry_image_path TEXT NOT NULL,
                registry_auth INTEGER NOT NULL DEFAULT 0 CHECK (registry_auth IN (0, 1)),
                registry_username TEXT,
                registry_password_sealed TEXT,
                command TEXT,
                docker_init INTEGER NOT NULL DEFAULT 0 CHECK (docker_init IN (0, 1)),
                shm_size BIGINT NOT NULL DEFAULT 0 CHECK (shm_size >= 0),
                min_cpu_milli BIGINT NOT NULL DEFAULT 0 CHECK (min_cpu_milli >= 0),
                min_memory_mb BIGINT NOT NULL DEFAULT 0 CHECK (min_memory_mb >= 0),
                can_scale INTEGER NOT NULL DEFAULT 0 CHECK (can_scale IN (0, 1)),
                is_free INTEGER NOT NULL DEFAULT 0 CHECK (is_free IN (0, 1)),
                is_load_balancer INTEGER NOT NULL DEFAULT 0 CHECK (is_load_balancer IN (0, 1)),
                capabilities TEXT NOT NULL DEFAULT '[]',
                labels TEXT NOT NULL DEFAULT '{}',
                created_at BIGINT NOT NULL,
                updated_at BIGINT NOT NULL
            )
            """,
            """
            CREATE TABLE image_variants (
                id \(.identity),
                image_id BIGINT NOT NULL REFERENCES images (id) ON DELETE CASCADE,
                label TEXT NOT NULL,
                registry_image_tag TEXT NOT NULL,
                is_default INTEGER NOT NULL DEFAULT 0 CHECK (is_default IN (0, 1)),
                version BIGINT NOT NULL,
                created_at BIGINT NOT NULL,
                updated_at BIGINT NOT NULL,
                UNIQUE (image_id, registry_image_tag)
            )
            """,
            "CREATE UNIQUE INDEX image_variants_one_default ON image_variants (image_id) WHERE is_default = 1",
            """
            CREATE TABLE image_env_params (
                id \(.identity),
                image_id BIGINT NOT NULL REFERENCES images (id) ON DELETE CASCADE,
                name TEXT NOT NULL,
                label TEXT,
                param_type TEXT NOT NULL CHECK (param_type IN ('static', 'variable')),
                value TEXT NOT NULL,
                created_at BIGINT NOT NULL,
                updated_at BIGINT NOT NULL,
                UNIQUE (image_id, name)
            )
            """,
            """
            CREATE TABLE image_setting_params (
                id \(.identity),
                image_id BIGINT NOT NULL REFERENCES images (id) ON DELETE CASCADE,
                name TEXT NOT NULL,
                label TEXT,
                param_type TEXT NOT NULL CHECK (param_type IN ('static', 'password')),
                value TEXT,
                created_at BIGINT NOT NULL,
                updated_at BIGINT NOT NULL,
                UNIQUE (image_id, name)
            )
            """,
            """
            CREATE TABLE image_ingress_params (
                id \(.identity),
                image_id BIGINT NOT NULL REFERENCES images (id) ON DELETE CASCADE,
                port BIGINT NOT NULL CHECK (port BETWEEN 1 AND 65535),
                proto TEXT NOT NULL CHECK (proto IN ('http', 'https', 'tcp', 'tls', 'udp')),
                external_access INTEGER NOT NULL DEFAULT 0 CHECK (external_access IN (0, 1)),
                backend_ssl INTEGER NOT NULL DEFAULT 0 CHECK (backend_ssl IN (0, 1)),
                tcp_proxy_opt TEXT NOT NULL DEFAULT 'none' CHECK (tcp_proxy_opt IN
                    ('none', 'send-proxy', 'send-proxy-v2', 'send-proxy-v2-ssl', 'send-proxy-v2-ssl-cn')),
                tcp_lb INTEGER NOT NULL DEFAULT 1 CHECK (tcp_lb IN (0, 1)),
                created_at BIGINT NOT NULL,
                updated_at BIGINT NOT NULL,
                UNIQUE (image_id, proto, port)
            )
            """,
            """
            CREATE TABLE image_volume_params (
                id \(.identity),
                image_id BIGINT NOT NULL REFERENCES images (id) ON DELETE CASCADE,
                label TEXT NOT NULL,
                mount_path TEXT NOT NULL,
                mount_ro INTEGER NOT NULL DEFAULT 0 CHECK (mount_ro IN (0, 1)),
                enable_sftp INTEGER NOT NULL DEFAULT 1 CHECK (enable_sftp IN (0, 1)),
                created_at BIGINT NOT NULL,
                updated_at BIGINT NOT NULL,
                UNIQUE (image_id, mount_path)
            )
            """,
            """
            CREATE TABLE image_relationships (
                id \(.identity),
                image_id BIGINT NOT NULL REFERENCES images (id) ON DELETE CASCADE,
                requires_image_id BIGINT NOT NULL REFERENCES images (id),
                default_variant_id BIGINT REFERENCES image_variants (id),
                created_at BIGINT NOT NULL,
                updated_at BIGINT NOT NULL,
                UNIQUE (image_id, requires_image_id),
                CHECK (image_id <> requires_image_id)
            )
            """,
        ]
    )
}
