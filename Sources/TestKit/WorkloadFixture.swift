package import Basics
package import SQL

/// A small shop in a fresh database: a customer, a stranger, a plan with two packages, one zone that is online, and
/// images to order. Made by plain rows, so that it depends on nobody's code.
package struct WorkloadFixture: Sendable {
    package let customer: Caller
    package let stranger: Caller
    package let admin: Caller
    package let locationID: Int64
    package let zoneID: Int64
    /// 1 CPU, 512 MB, 0.01 per hour; the other is not in the customer's plan.
    package let packageID: Int64
    package let foreignPackageID: Int64
    /// Free, scales, one public HTTP port.
    package let hello: ImageIDs
    /// Needs ``database``; its environment uses `dep.*`, settings and templates.
    package let web: ImageIDs
    /// A password setting and a volume; does not scale.
    package let database: ImageIDs
    /// ``database``'s volume template.
    package let volumeTemplateID: Int64

    package struct ImageIDs: Sendable, Hashable {
        package let image: Int64
        package let variant: Int64
    }

    /// The domain under which the zone's services get their names.
    package static let appsDomain = "apps.test"
    static let time: Int64 = 1_790_000_000_000

    /// Writes the rows. `quota` is how many containers each account may have.
    package static func make(in database: any Database, quota: Int64 = 100) async throws -> WorkloadFixture {
        try await database.transaction { tx in
            let shop = Shop(tx: tx)
            let plan = try shop.id(
                "INSERT INTO billing_plans (name, is_default, created_at, updated_at) VALUES ('Plan', 1, 1, 1)")
            let group = try shop.id(
                """
                INSERT INTO user_groups (name, is_default, billing_plan_id, quota_containers, created_at, updated_at)
                VALUES ('Group', 1, \(plan), \(quota), 1, 1)
                """)
            let customer = try shop.user("customer@example.test", group: group, isAdmin: false)
            let stranger = try shop.user("stranger@example.test", group: group, isAdmin: false)
            let admin = try shop.user("admin@example.test", group: group, isAdmin: true)
            let location = try shop.id(
                "INSERT INTO locations (name, created_at, updated_at) VALUES ('Here', 1, 1)")
            let zone = try shop.id(
                """
                INSERT INTO zones (location_id, name, docker_endpoint, ingress_http_port, apps_domain, public_ip,
                    network_pool, state, cpu_milli_total, memory_mb_total, created_at, updated_at)
                VALUES (\(location), 'z1', 'unix:///nowhere', 80, \(appsDomain), '203.0.113.7', '10.64.0.0/16',
                    'online', 64000, 65536, 1, 1)
                """)
            let package = try shop.product("small")
            try tx.run(
                """
                INSERT INTO billing_plan_products (billing_plan_id, product_id, currency, price_hour_nano)
                VALUES (\(plan), \(package), 'USD', 10000000)
                """)
            let hello = try shop.image("hello", role: "hello", isFree: true, canScale: true)
            try shop.port(hello, 80, external: true)
            let data = try shop.image("database", role: "db", minMemory: 256)
            let volume = try shop.fillDatabaseImage(data)
            let web = try shop.image("web", role: "web", canScale: true)
            try shop.fillWebImage(web, needs: data)
            return WorkloadFixture(
                customer: shop.caller(customer), stranger: shop.caller(stranger),
                admin: shop.caller(admin, isAdmin: true), locationID: location, zoneID: zone, packageID: package,
                foreignPackageID: try shop.product("foreign"), hello: hello, web: web, database: data,
                volumeTemplateID: volume)
        }
    }

    /// `{"order": {"project_name": …, "containers": […]}}`
    package func order(_ containers: String, project: String = "\"project_name\":\"demo\"") throws -> JSONValue {
        try JSONValue(parsing: "{\"order\":{\(project),\"containers\":[\(containers)]}}".utf8)
    }

    /// One free container.
    package var helloLine: String { "{\"image_variant_id\":\(hello.variant)}" }
    /// Web and database, one container each.
    package var webAndDatabaseLines: String {
        """
        {"image_variant_id":\(web.variant),"name":"My Shop","resources":{"product_id":\(packageID)}},
        {"image_variant_id":\(database.variant),"package_id":\(packageID)}
        """
    }
}

/// The rows, one kind at a time.
private struct Shop {
    let tx: any Transaction

    func id(_ sql: SQL) throws -> Int64 {
        guard let id = try tx.int("\(sql) RETURNING id") else { throw Fault(.bug, "No id.") }
        return id
    }

    func caller(_ id: Int64, isAdmin: Bool = false) -> Caller {
        Caller(userID: id, isAdmin: isAdmin, means: .apiKey, requestID: "test", address: "192.0.2.1")
    }

    func user(_ email: String, group: Int64, isAdmin: Bool) throws -> Int64 {
        try id(
            """
            INSERT INTO users (email, first_name, last_name, is_admin, user_group_id, confirmed_at, created_at,
                               updated_at)
            VALUES (\(email), 'A', 'B', \(isAdmin), \(group), 1, 1, 1)
            """)
    }

    func product(_ name: String) throws -> Int64 {
        try id(
            """
            INSERT INTO products (name, label, cpu_milli, memory_mb, storage_gb, bandwidth_gb, created_at, updated_at)
            VALUES (\(name), \(name), 1000, 512, 10, 100, 1, 1)
            """)
    }

    func image(
        _ name: String, role: String, isFree: Bool = false, canScale: Bool = false, minMemory: Int64 = 0
    ) throws -> WorkloadFixture.ImageIDs {
        let image = try id(
            """
            INSERT INTO images (name, label, role, category, registry_image_path, is_free, can_scale, min_memory_mb,
                created_at, updated_at)
            VALUES (\(name), \(name), \(role), 'web', \("berth/\(name)"), \(isFree), \(canScale), \(minMemory), 1, 1)
            """)
        let variant = try id(
            """
            INSERT INTO image_variants (image_id, label, registry_image_tag, is_default, version, created_at,
                updated_at)
            VALUES (\(image), 'latest', 'latest', 1, 1, 1, 1)
            """)
        return WorkloadFixture.ImageIDs(image: image, variant: variant)
    }

    func port(_ image: WorkloadFixture.ImageIDs, _ port: Int, external: Bool) throws {
        try tx.run(
            """
            INSERT INTO image_ingress_params (image_id, port, proto, external_access, created_at, updated_at)
            VALUES (\(image.image), \(port), \(external ? "http" : "tcp"), \(external), 1, 1)
            """)
    }

    func setting(_ image: WorkloadFixture.ImageIDs, _ name: String, kind: String, value: String?) throws {
        try tx.run(
            """
            INSERT INTO image_setting_params (image_id, name, param_type, value, created_at, updated_at)
            VALUES (\(image.image), \(name), \(kind), \(value), 1, 1)
            """)
    }

    func environment(_ image: WorkloadFixture.ImageIDs, _ name: String, kind: String, value: String) throws {
        try tx.run(
            """
            INSERT INTO image_env_params (image_id, name, param_type, value, created_at, updated_at)
            VALUES (\(image.image), \(name), \(kind), \(value), 1, 1)
            """)
    }

    /// Answers the volume template.
    func fillDatabaseImage(_ image: WorkloadFixture.ImageIDs) throws -> Int64 {
        try port(image, 3306, external: false)
        try setting(image, "password", kind: "password", value: nil)
        try setting(image, "username", kind: "static", value: "app")
        try environment(image, "DB_PASSWORD", kind: "variable", value: "build.settings.password")
        try environment(image, "DB_NAME", kind: "static", value: "{{ service_name_short }}_{{ username }}")
        return try id(
            """
            INSERT INTO image_volume_params (image_id, label, mount_path, created_at, updated_at)
            VALUES (\(image.image), 'data', '/var/lib/data', 1, 1)
            """)
    }

    func fillWebImage(_ image: WorkloadFixture.ImageIDs, needs other: WorkloadFixture.ImageIDs) throws {
        try port(image, 8080, external: true)
        try environment(image, "DB_HOST", kind: "variable", value: "dep.db.self.local_dns_with_port")
        try environment(image, "DB_PASSWORD", kind: "variable", value: "dep.db.parameters.settings.password")
        try environment(image, "DB_NAME", kind: "variable", value: "dep.db.parameters.env.DB_NAME")
        try environment(image, "SITE", kind: "variable", value: "build.self.default_domain_with_proto")
        try tx.run(
            """
            INSERT INTO image_relationships (image_id, requires_image_id, created_at, updated_at)
            VALUES (\(image.image), \(other.image), 1, 1)
            """)
    }
}
