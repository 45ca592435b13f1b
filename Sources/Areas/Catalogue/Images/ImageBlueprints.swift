package import SQL

/// Reads blueprints. Whatever their number, it costs seven queries.
package enum ImageBlueprints {
    /// Blueprints by variant id. Ids that do not exist are missing in the answer. Nothing is filtered by who asks:
    /// see ``Image/isOrderable(by:)``.
    package static func of(variants ids: [Int64], on connection: any Connection) throws -> [Int64: ImageBlueprint] {
        if ids.isEmpty { return [:] }
        let variants = try connection.rows(
            "SELECT \(variantColumns), image_id FROM image_variants WHERE id IN (\(list: ids))"
        ) { (variant: variant($0), imageID: $0.int(7)) }
        let imageIDs = Array(Set(variants.map(\.imageID)))
        let images = try connection.rows(
            "SELECT \(imageColumns) FROM images WHERE id IN (\(list: imageIDs))", image)
        let imageByID = Dictionary(uniqueKeysWithValues: images.map { ($0.id, $0) })
        let params = try ImageParams.of(images: imageIDs, on: connection)
        var result: [Int64: ImageBlueprint] = [:]
        for (variant, imageID) in variants {
            guard let image = imageByID[imageID] else { continue }
            let own = params[imageID] ?? ImageParams()
            result[variant.id] = ImageBlueprint(
                image: image, variant: variant, environment: own.environment, settings: own.settings,
                ports: own.ports, volumes: own.volumes, requires: own.requires)
        }
        return result
    }

    /// The variant that is meant when only an image is named. Images that do not exist are missing.
    package static func defaultVariants(ofImages ids: [Int64], on connection: any Connection) throws -> [Int64: Int64] {
        if ids.isEmpty { return [:] }
        let pairs = try connection.rows(
            "SELECT image_id, id FROM image_variants WHERE is_default = 1 AND image_id IN (\(list: ids))"
        ) { ($0.int(0), $0.int(1)) }
        return Dictionary(uniqueKeysWithValues: pairs)
    }

    static let variantColumns: SQL = "id, label, registry_image_tag, is_default, version, created_at, updated_at"

    static func variant(_ row: any Row) -> ImageVariant {
        ImageVariant(
            id: row.int(0), label: row.text(1), tag: row.text(2), isDefault: row.bool(3), version: row.int(4),
            createdAt: row.moment(5), updatedAt: row.moment(6))
    }

    static let imageColumns: SQL = """
        id, name, label, description, role, category, active, user_id, registry_custom, registry_image_path,
        registry_auth, registry_username, registry_password_sealed, command, docker_init, shm_size, min_cpu_milli,
        min_memory_mb, can_scale, is_free, is_load_balancer, capabilities, labels, created_at, updated_at
        """

    static func image(_ row: any Row) -> Image {
        Image(
            id: row.int(0), name: row.text(1), label: row.text(2), description: row.textOrNil(3), role: row.text(4),
            category: row.text(5), active: row.bool(6), ownerID: row.intOrNil(7), registryHost: row.textOrNil(8),
            registryPath: row.text(9), registryAuth: row.bool(10), registryUsername: row.textOrNil(11),
            registryPasswordSealed: row.textOrNil(12), command: row.textOrNil(13), useInit: row.bool(14),
            shmBytes: row.int(15), minCPUMilli: row.int(16), minMemoryMB: row.int(17), canScale: row.bool(18),
            isFree: row.bool(19), isLoadBalancer: row.bool(20), capabilities: StoredJSON.strings(row.text(21)),
            labels: StoredJSON.dictionary(row.text(22)), createdAt: row.moment(23), updatedAt: row.moment(24))
    }
}

/// The parameters of one image.
package struct ImageParams: Sendable, Hashable {
    package var environment: [EnvParam] = []
    package var settings: [SettingParam] = []
    package var ports: [PortParam] = []
    package var volumes: [VolumeParam] = []
    package var requires: [Requirement] = []

    /// Parameters by image id, each list in the order of creation. Five queries.
    static func of(images ids: [Int64], on connection: any Connection) throws -> [Int64: ImageParams] {
        var result: [Int64: ImageParams] = [:]
        if ids.isEmpty { return result }
        try readEnvironment(ids, connection, &result)
        try readSettings(ids, connection, &result)
        try readPorts(ids, connection, &result)
        try readVolumes(ids, connection, &result)
        try readRequirements(ids, connection, &result)
        return result
    }

    private static func readEnvironment(
        _ ids: [Int64], _ connection: any Connection, _ result: inout [Int64: ImageParams]
    ) throws {
        try connection.each(
            """
            SELECT image_id, id, name, label, param_type, value, created_at, updated_at
            FROM image_env_params WHERE image_id IN (\(list: ids)) ORDER BY id
            """
        ) { row in
            let param = EnvParam(
                id: row.int(1), name: row.text(2), label: row.textOrNil(3),
                kind: EnvParam.Kind(rawValue: row.text(4)) ?? .static, value: row.text(5), createdAt: row.moment(6),
                updatedAt: row.moment(7))
            result[row.int(0), default: ImageParams()].environment.append(param)
        }
    }

    private static func readSettings(
        _ ids: [Int64], _ connection: any Connection, _ result: inout [Int64: ImageParams]
    ) throws {
        try connection.each(
            """
            SELECT image_id, id, name, label, param_type, value, created_at, updated_at
            FROM image_setting_params WHERE image_id IN (\(list: ids)) ORDER BY id
            """
        ) { row in
            let param = SettingParam(
                id: row.int(1), name: row.text(2), label: row.textOrNil(3),
                kind: SettingParam.Kind(rawValue: row.text(4)) ?? .static, value: row.textOrNil(5),
                createdAt: row.moment(6), updatedAt: row.moment(7))
            result[row.int(0), default: ImageParams()].settings.append(param)
        }
    }

    private static func readPorts(
        _ ids: [Int64], _ connection: any Connection, _ result: inout [Int64: ImageParams]
    ) throws {
        try connection.each(
            """
            SELECT image_id, id, port, proto, external_access, backend_ssl, tcp_proxy_opt, tcp_lb, created_at,
                updated_at
            FROM image_ingress_params WHERE image_id IN (\(list: ids)) ORDER BY id
            """
        ) { row in
            let param = PortParam(
                id: row.int(1), port: Int(row.int(2)), proto: PortParam.Proto(rawValue: row.text(3)) ?? .tcp,
                external: row.bool(4), backendTLS: row.bool(5),
                proxyHeader: PortParam.ProxyHeader(rawValue: row.text(6)) ?? .none, tcpLoadBalancing: row.bool(7),
                createdAt: row.moment(8), updatedAt: row.moment(9))
            result[row.int(0), default: ImageParams()].ports.append(param)
        }
    }

    private static func readVolumes(
        _ ids: [Int64], _ connection: any Connection, _ result: inout [Int64: ImageParams]
    ) throws {
        try connection.each(
            """
            SELECT image_id, id, label, mount_path, mount_ro, enable_sftp, created_at, updated_at
            FROM image_volume_params WHERE image_id IN (\(list: ids)) ORDER BY id
            """
        ) { row in
            let param = VolumeParam(
                id: row.int(1), label: row.text(2), mountPath: row.text(3), readOnly: row.bool(4),
                enableSFTP: row.bool(5), createdAt: row.moment(6), updatedAt: row.moment(7))
            result[row.int(0), default: ImageParams()].volumes.append(param)
        }
    }

    private static func readRequirements(
        _ ids: [Int64], _ connection: any Connection, _ result: inout [Int64: ImageParams]
    ) throws {
        try connection.each(
            """
            SELECT r.image_id, i.id, i.label, i.role, COALESCE(r.default_variant_id, v.id)
            FROM image_relationships r
            JOIN images i ON i.id = r.requires_image_id
            LEFT JOIN image_variants v ON v.image_id = i.id AND v.is_default = 1
            WHERE r.image_id IN (\(list: ids)) ORDER BY r.id
            """
        ) { row in
            let requirement = Requirement(
                imageID: row.int(1), imageLabel: row.text(2), role: row.text(3), defaultVariantID: row.intOrNil(4))
            result[row.int(0), default: ImageParams()].requires.append(requirement)
        }
    }
}
