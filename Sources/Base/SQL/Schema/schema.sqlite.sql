CREATE TABLE account_links (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    token_sha256 TEXT NOT NULL UNIQUE,
    user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    purpose TEXT NOT NULL CHECK (purpose IN ('confirm', 'change_email', 'reset')),
    email TEXT NOT NULL CHECK (email = lower(email)),
    cause BIGINT,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);

CREATE UNIQUE INDEX account_links_cause ON account_links (cause) WHERE cause IS NOT NULL;

CREATE INDEX account_links_expiry ON account_links (expires_at);

CREATE INDEX account_links_user ON account_links (user_id, purpose);

CREATE TABLE api_keys (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    username TEXT NOT NULL UNIQUE,
    secret_sha256 TEXT NOT NULL,
    revoked_at BIGINT,
    created_at BIGINT NOT NULL
, name TEXT, scopes TEXT, project_id BIGINT REFERENCES projects (id) ON DELETE CASCADE, addresses TEXT, expires_at BIGINT, last_used_at BIGINT);

CREATE INDEX api_keys_project ON api_keys (project_id) WHERE project_id IS NOT NULL;

CREATE UNIQUE INDEX api_keys_secret ON api_keys (secret_sha256) WHERE name IS NOT NULL;

CREATE INDEX api_keys_user ON api_keys (user_id);

CREATE TABLE audits (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
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
, application_id BIGINT);

CREATE INDEX audits_operation ON audits (operation_id) WHERE operation_id IS NOT NULL;

CREATE TABLE billing_plan_products (
    billing_plan_id BIGINT NOT NULL REFERENCES billing_plans (id) ON DELETE CASCADE,
    product_id BIGINT NOT NULL REFERENCES products (id) ON DELETE CASCADE,
    currency TEXT NOT NULL DEFAULT 'USD',
    price_hour_nano BIGINT NOT NULL CHECK (price_hour_nano >= 0),
    PRIMARY KEY (billing_plan_id, product_id, currency)
);

CREATE TABLE billing_plans (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    is_default INTEGER NOT NULL DEFAULT 0 CHECK (is_default IN (0, 1)),
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE UNIQUE INDEX billing_plans_one_default ON billing_plans (is_default) WHERE is_default = 1;

CREATE TABLE containers (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
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
);

CREATE INDEX containers_crashed ON containers (service_id) WHERE state IN ('crashed', 'crash_loop');

CREATE TABLE domains (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    domain TEXT NOT NULL UNIQUE CHECK (domain = lower(domain)),
    user_id BIGINT NOT NULL REFERENCES users (id),
    ingress_rule_id BIGINT NOT NULL REFERENCES ingress_rules (id) ON DELETE CASCADE,
    system_domain INTEGER NOT NULL DEFAULT 0 CHECK (system_domain IN (0, 1)),
    enabled INTEGER NOT NULL DEFAULT 1 CHECK (enabled IN (0, 1)),
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE INDEX domains_ingress_rule ON domains (ingress_rule_id);

CREATE TABLE idempotency_keys (
    holder TEXT NOT NULL,
    name TEXT NOT NULL,
    request_sha256 TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('running', 'applied', 'answered')),
    attempt TEXT NOT NULL,
    lease_until BIGINT NOT NULL,
    status BIGINT,
    location TEXT,
    body TEXT,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (holder, name)
);

CREATE INDEX idempotency_keys_expiry ON idempotency_keys (expires_at);

CREATE TABLE image_collaborators (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    image_id BIGINT NOT NULL REFERENCES images (id) ON DELETE CASCADE,
    user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    active INTEGER NOT NULL DEFAULT 0 CHECK (active IN (0, 1)),
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    UNIQUE (image_id, user_id)
);

CREATE INDEX image_collaborators_user ON image_collaborators (user_id);

CREATE TABLE image_env_params (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    image_id BIGINT NOT NULL REFERENCES images (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    label TEXT,
    param_type TEXT NOT NULL CHECK (param_type IN ('static', 'variable')),
    value TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    UNIQUE (image_id, name)
);

CREATE TABLE image_ingress_params (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
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
);

CREATE TABLE image_relationships (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    image_id BIGINT NOT NULL REFERENCES images (id) ON DELETE CASCADE,
    requires_image_id BIGINT NOT NULL REFERENCES images (id),
    default_variant_id BIGINT REFERENCES image_variants (id),
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    UNIQUE (image_id, requires_image_id),
    CHECK (image_id <> requires_image_id)
);

CREATE TABLE image_setting_params (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    image_id BIGINT NOT NULL REFERENCES images (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    label TEXT,
    param_type TEXT NOT NULL CHECK (param_type IN ('static', 'password')),
    value TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    UNIQUE (image_id, name)
);

CREATE TABLE image_variants (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    image_id BIGINT NOT NULL REFERENCES images (id) ON DELETE CASCADE,
    label TEXT NOT NULL,
    registry_image_tag TEXT NOT NULL,
    is_default INTEGER NOT NULL DEFAULT 0 CHECK (is_default IN (0, 1)),
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    UNIQUE (image_id, registry_image_tag)
);

CREATE UNIQUE INDEX image_variants_one_default ON image_variants (image_id) WHERE is_default = 1;

CREATE TABLE image_volume_params (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    image_id BIGINT NOT NULL REFERENCES images (id) ON DELETE CASCADE,
    label TEXT NOT NULL,
    mount_path TEXT NOT NULL,
    mount_ro INTEGER NOT NULL DEFAULT 0 CHECK (mount_ro IN (0, 1)),
    enable_sftp INTEGER NOT NULL DEFAULT 1 CHECK (enable_sftp IN (0, 1)),
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    UNIQUE (image_id, mount_path)
);

CREATE TABLE images (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
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
);

CREATE INDEX images_owner ON images (user_id) WHERE user_id IS NOT NULL;

CREATE TABLE ingress_rules (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
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
);

CREATE TABLE installation (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    code TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE instances (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
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
);

CREATE UNIQUE INDEX instances_one_serving ON instances (container_id) WHERE state = 'serving';

CREATE TABLE invitation_letters (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    sender_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL
);

CREATE INDEX invitation_letters_sender ON invitation_letters (sender_id, created_at);

CREATE INDEX invitation_letters_user ON invitation_letters (user_id, created_at);

CREATE TABLE locations (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    active INTEGER NOT NULL DEFAULT 1 CHECK (active IN (0, 1)),
    fill_strategy TEXT NOT NULL DEFAULT 'least' CHECK (fill_strategy IN ('least', 'full')),
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE TABLE lock_queues (bucket BIGINT PRIMARY KEY, tickets BIGINT NOT NULL);

CREATE TABLE log_lines (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    service_id BIGINT NOT NULL,
    container_id BIGINT NOT NULL,
    at_us BIGINT NOT NULL,
    stream INTEGER NOT NULL CHECK (stream IN (1, 2)),
    line TEXT NOT NULL
);

CREATE INDEX log_lines_at ON log_lines (at_us);

CREATE INDEX log_lines_container ON log_lines (container_id, at_us);

CREATE INDEX log_lines_service ON log_lines (service_id, at_us);

CREATE TABLE log_positions (
    instance_id BIGINT PRIMARY KEY,
    at_us BIGINT NOT NULL,
    same_instant BIGINT NOT NULL DEFAULT 1
);

CREATE TABLE metric_samples (
    container_id BIGINT NOT NULL,
    width_s INTEGER NOT NULL CHECK (width_s IN (30, 300)),
    bucket_at BIGINT NOT NULL,
    samples BIGINT NOT NULL,
    cpu_milli_sum BIGINT NOT NULL,
    memory_kib_sum BIGINT NOT NULL,
    memory_limit_kib BIGINT NOT NULL,
    PRIMARY KEY (container_id, width_s, bucket_at)
);

CREATE INDEX metric_samples_at ON metric_samples (width_s, bucket_at);

CREATE TABLE networks (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    project_id BIGINT NOT NULL UNIQUE REFERENCES projects (id),
    zone_id BIGINT NOT NULL REFERENCES zones (id),
    slot BIGINT NOT NULL CHECK (slot >= 0),
    cidr TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    UNIQUE (zone_id, slot)
);

CREATE TABLE oauth_applications (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    uid TEXT NOT NULL UNIQUE,
    secret_sha256 TEXT,
    name TEXT NOT NULL,
    redirect_uris TEXT NOT NULL,
    scopes TEXT NOT NULL,
    owner_id BIGINT REFERENCES users (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
, uses_devices INTEGER NOT NULL DEFAULT 0
    CHECK (uses_devices IN (0, 1)));

CREATE INDEX oauth_applications_owner ON oauth_applications (owner_id) WHERE owner_id IS NOT NULL;

CREATE TABLE oauth_codes (
    code_sha256 TEXT PRIMARY KEY,
    grant_id BIGINT NOT NULL REFERENCES oauth_grants (id) ON DELETE CASCADE,
    redirect_uri TEXT NOT NULL,
    challenge TEXT,
    expires_at BIGINT NOT NULL,
    used_at BIGINT
);

CREATE INDEX oauth_codes_grant ON oauth_codes (grant_id);

CREATE TABLE oauth_device_codes (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
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
);

CREATE INDEX oauth_device_codes_application ON oauth_device_codes (application_id, expires_at);

CREATE INDEX oauth_device_codes_expiry ON oauth_device_codes (expires_at);

CREATE INDEX oauth_device_codes_grant ON oauth_device_codes (grant_id) WHERE grant_id IS NOT NULL;

CREATE TABLE oauth_device_guesses (
    user_id BIGINT PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    failures BIGINT NOT NULL,
    since BIGINT NOT NULL
);

CREATE TABLE oauth_grant_projects (
    grant_id BIGINT NOT NULL REFERENCES oauth_grants (id) ON DELETE CASCADE,
    project_id BIGINT NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    PRIMARY KEY (grant_id, project_id)
);

CREATE INDEX oauth_grant_projects_project ON oauth_grant_projects (project_id);

CREATE TABLE oauth_grants (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    application_id BIGINT NOT NULL REFERENCES oauth_applications (id) ON DELETE CASCADE,
    user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    kind TEXT NOT NULL CHECK (kind IN ('code', 'password', 'device')),
    scopes TEXT NOT NULL,
    all_projects INTEGER NOT NULL DEFAULT 1 CHECK (all_projects IN (0, 1)),
    api_key_id BIGINT REFERENCES api_keys (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    revoked_at BIGINT
);

CREATE INDEX oauth_grants_application ON oauth_grants (application_id);

CREATE INDEX oauth_grants_key ON oauth_grants (api_key_id) WHERE api_key_id IS NOT NULL;

CREATE INDEX oauth_grants_user ON oauth_grants (user_id, application_id);

CREATE TABLE oauth_refresh_tokens (
    token_sha256 TEXT PRIMARY KEY,
    grant_id BIGINT NOT NULL REFERENCES oauth_grants (id) ON DELETE CASCADE,
    scopes TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT
);

CREATE INDEX oauth_refresh_tokens_expiry ON oauth_refresh_tokens (expires_at);

CREATE INDEX oauth_refresh_tokens_grant ON oauth_refresh_tokens (grant_id);

CREATE TABLE oauth_tokens (
    token_sha256 TEXT PRIMARY KEY,
    application_id BIGINT NOT NULL REFERENCES oauth_applications (id) ON DELETE CASCADE,
    grant_id BIGINT REFERENCES oauth_grants (id) ON DELETE CASCADE,
    scopes TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    revoked_at BIGINT
);

CREATE INDEX oauth_tokens_application ON oauth_tokens (application_id);

CREATE INDEX oauth_tokens_expiry ON oauth_tokens (expires_at);

CREATE INDEX oauth_tokens_grant ON oauth_tokens (grant_id) WHERE grant_id IS NOT NULL;

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
);

CREATE TABLE operation_subjects (
    operation_id BIGINT NOT NULL REFERENCES operations (id) ON DELETE CASCADE,
    noun TEXT NOT NULL,
    subject_id BIGINT NOT NULL,
    PRIMARY KEY (noun, subject_id, operation_id)
);

CREATE INDEX operation_subjects_operation ON operation_subjects (operation_id);

CREATE TABLE operations (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
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
);

CREATE INDEX operations_claimable ON operations (run_after, id)
WHERE state IN ('pending', 'running', 'undoing');

CREATE INDEX operations_parent ON operations (parent_id) WHERE parent_id IS NOT NULL;

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
);

CREATE INDEX orders_project ON orders (project_id) WHERE project_id IS NOT NULL;

CREATE INDEX orders_user ON orders (user_id, created_at, id);

CREATE TABLE outbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
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
, after_operation BIGINT REFERENCES operations (id) ON DELETE CASCADE);

CREATE INDEX outbox_kind ON outbox (kind, id);

CREATE INDEX outbox_operation ON outbox (after_operation) WHERE after_operation IS NOT NULL;

CREATE INDEX outbox_waiting ON outbox (run_after, id) WHERE state = 'waiting';

CREATE TABLE outbox_attempts (
    message_id BIGINT NOT NULL REFERENCES outbox (id) ON DELETE CASCADE,
    number BIGINT NOT NULL,
    at BIGINT NOT NULL,
    error TEXT,
    PRIMARY KEY (message_id, number)
);

CREATE TABLE passkey_challenges (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    challenge_sha256 TEXT NOT NULL UNIQUE,
    purpose TEXT NOT NULL CHECK (purpose IN ('register', 'sign_in', 'second_factor')),
    user_id BIGINT REFERENCES users (id) ON DELETE CASCADE,
    expires_at BIGINT NOT NULL
);

CREATE INDEX passkey_challenges_expiry ON passkey_challenges (expires_at);

CREATE INDEX passkey_challenges_user ON passkey_challenges (user_id) WHERE user_id IS NOT NULL;

CREATE TABLE passkeys (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    credential_id TEXT NOT NULL UNIQUE,
    public_key TEXT NOT NULL,
    name TEXT NOT NULL,
    sign_count BIGINT NOT NULL CHECK (sign_count >= 0),
    created_at BIGINT NOT NULL,
    last_used_at BIGINT
);

CREATE INDEX passkeys_user ON passkeys (user_id);

CREATE TABLE pending_sign_ins (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    token_sha256 TEXT NOT NULL UNIQUE,
    user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    tries BIGINT NOT NULL DEFAULT 0 CHECK (tries >= 0),
    expires_at BIGINT NOT NULL
);

CREATE INDEX pending_sign_ins_expiry ON pending_sign_ins (expires_at);

CREATE INDEX pending_sign_ins_user ON pending_sign_ins (user_id);

CREATE TABLE products (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
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
);

CREATE TABLE project_collaborators (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    project_id BIGINT NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    active INTEGER NOT NULL DEFAULT 0 CHECK (active IN (0, 1)),
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    UNIQUE (project_id, user_id)
);

CREATE INDEX project_collaborators_user ON project_collaborators (user_id);

CREATE TABLE projects (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id BIGINT NOT NULL REFERENCES users (id),
    zone_id BIGINT NOT NULL REFERENCES zones (id),
    name TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'deleting')),
    skip_ssh INTEGER NOT NULL DEFAULT 0 CHECK (skip_ssh IN (0, 1)),
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE INDEX projects_leaving ON projects (user_id) WHERE state = 'deleting';

CREATE INDEX projects_user ON projects (user_id, name, id) WHERE state = 'active';

CREATE INDEX projects_zone ON projects (zone_id);

CREATE TABLE rate_counts (
    subject TEXT NOT NULL,
    time_window BIGINT NOT NULL,
    requests BIGINT NOT NULL,
    ends_at BIGINT NOT NULL,
    PRIMARY KEY (subject, time_window)
);

CREATE INDEX rate_counts_ends_at ON rate_counts (ends_at);

CREATE TABLE recovery_codes (
    user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    code_sha256 TEXT NOT NULL,
    PRIMARY KEY (user_id, code_sha256)
);

CREATE TABLE refused_networks (
    zone_id BIGINT NOT NULL REFERENCES zones (id) ON DELETE CASCADE,
    slot BIGINT NOT NULL,
    refused_until BIGINT NOT NULL,
    PRIMARY KEY (zone_id, slot)
);

CREATE TABLE resource_locks (
    operation_id BIGINT NOT NULL REFERENCES operations (id) ON DELETE CASCADE,
    resource TEXT NOT NULL,
    scope BIGINT NOT NULL,
    PRIMARY KEY (resource, scope, operation_id)
);

CREATE INDEX resource_locks_operation ON resource_locks (operation_id);

CREATE TABLE schema_steps (
    number BIGINT PRIMARY KEY,
    text_hash TEXT NOT NULL,
    applied_at BIGINT NOT NULL
);

CREATE TABLE second_factors (
    user_id BIGINT PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    secret TEXT NOT NULL,
    last_step BIGINT NOT NULL,
    confirmed_at BIGINT,
    created_at BIGINT NOT NULL
);

CREATE TABLE service_env (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    service_id BIGINT NOT NULL REFERENCES services (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    param_type TEXT NOT NULL CHECK (param_type IN ('static', 'variable')),
    value TEXT NOT NULL,
    UNIQUE (service_id, name)
);

CREATE TABLE service_links (
    service_id BIGINT NOT NULL REFERENCES services (id) ON DELETE CASCADE,
    depends_on_id BIGINT NOT NULL REFERENCES services (id) ON DELETE CASCADE,
    PRIMARY KEY (service_id, depends_on_id),
    CHECK (service_id <> depends_on_id)
);

CREATE INDEX service_links_depends_on ON service_links (depends_on_id);

CREATE TABLE service_settings (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    service_id BIGINT NOT NULL REFERENCES services (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    label TEXT,
    param_type TEXT NOT NULL CHECK (param_type IN ('static', 'password')),
    value_sealed TEXT NOT NULL,
    UNIQUE (service_id, name)
);

CREATE TABLE services (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
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
);

CREATE INDEX services_active ON services (project_id) WHERE state = 'active';

CREATE INDEX services_project ON services (project_id, label, id, image_variant_id);

CREATE TABLE sessions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    token_sha256 TEXT NOT NULL UNIQUE,
    user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    ip_addr TEXT NOT NULL,
    user_agent TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);

CREATE INDEX sessions_expiry ON sessions (expires_at);

CREATE INDEX sessions_user ON sessions (user_id);

CREATE TABLE signing_secrets (
    user_id BIGINT PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    secret TEXT NOT NULL,
    previous TEXT,
    created_at BIGINT NOT NULL
);

CREATE TABLE ssh_keys (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    label TEXT,
    public_key TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    UNIQUE (user_id, fingerprint)
);

CREATE TABLE subject_work (
    noun TEXT NOT NULL,
    subject_id BIGINT NOT NULL,
    live BIGINT NOT NULL CHECK (live >= 0),
    failed INTEGER NOT NULL DEFAULT 0 CHECK (failed IN (0, 1)),
    lasting_failed INTEGER NOT NULL DEFAULT 0 CHECK (lasting_failed IN (0, 1)),
    PRIMARY KEY (noun, subject_id)
);

CREATE TABLE timers (
    name TEXT PRIMARY KEY,
    due_at BIGINT NOT NULL,
    every_ms BIGINT NOT NULL CHECK (every_ms > 0),
    fence BIGINT NOT NULL DEFAULT 0,
    worker TEXT,
    lease_until BIGINT,
    last_finished_at BIGINT,
    last_report TEXT
);

CREATE TABLE user_groups (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    is_default INTEGER NOT NULL DEFAULT 0 CHECK (is_default IN (0, 1)),
    active INTEGER NOT NULL DEFAULT 1 CHECK (active IN (0, 1)),
    billing_plan_id BIGINT NOT NULL REFERENCES billing_plans (id),
    quota_containers BIGINT NOT NULL DEFAULT 250 CHECK (quota_containers >= 0),
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
, quota_dns_zones BIGINT NOT NULL DEFAULT 250 CHECK (quota_dns_zones >= 0), quota_registries BIGINT NOT NULL DEFAULT 20 CHECK (quota_registries >= 0));

CREATE UNIQUE INDEX user_groups_one_default ON user_groups (is_default) WHERE is_default = 1;

CREATE TABLE users (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
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
, confirmed_at BIGINT, failed_logins BIGINT NOT NULL DEFAULT 0 CHECK (failed_logins >= 0), locked_until BIGINT, external_id TEXT, labels TEXT NOT NULL DEFAULT '{}', company_name TEXT, phone TEXT, address1 TEXT, address2 TEXT, city TEXT, state TEXT, zip TEXT, vat TEXT, country TEXT NOT NULL DEFAULT 'US', timezone TEXT NOT NULL DEFAULT 'UTC', sftp_password INTEGER NOT NULL DEFAULT 1 CHECK (sftp_password IN (0, 1)), services_count BIGINT NOT NULL DEFAULT 0 CHECK (services_count >= 0));

CREATE UNIQUE INDEX users_external_id ON users (external_id) WHERE external_id IS NOT NULL;

CREATE INDEX users_unconfirmed ON users (updated_at) WHERE confirmed_at IS NULL;

CREATE TABLE volume_mounts (
    service_id BIGINT NOT NULL REFERENCES services (id) ON DELETE CASCADE,
    volume_id BIGINT NOT NULL REFERENCES volumes (id) ON DELETE CASCADE,
    mount_path TEXT NOT NULL,
    mount_ro INTEGER NOT NULL CHECK (mount_ro IN (0, 1)),
    PRIMARY KEY (service_id, mount_path)
);

CREATE INDEX volume_mounts_volume ON volume_mounts (volume_id);

CREATE TABLE volumes (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    zone_id BIGINT NOT NULL REFERENCES zones (id),
    user_id BIGINT NOT NULL REFERENCES users (id),
    project_id BIGINT REFERENCES projects (id) ON DELETE SET NULL,
    service_id BIGINT REFERENCES services (id) ON DELETE SET NULL,
    name TEXT NOT NULL UNIQUE,
    label TEXT NOT NULL,
    trash_after BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE INDEX volumes_project ON volumes (project_id);

CREATE INDEX volumes_service ON volumes (service_id);

CREATE TABLE zones (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
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
);
