import Basics
import SQL

/// Writes rows of images.
enum ImageRows {
    /// Writes the image, its variants and its parameters; answers its id and how many rows changed.
    static func write(
        _ entry: ImageEntry, over old: ImageEntry?, _ notes: inout [String], at now: Moment,
        in transaction: any Transaction
    ) throws -> (id: Int64, written: Int) {
        var written = 0
        let id: Int64
        if let old {
            id = old.image.id
            if content(entry.image) != content(old.image) {
                try update(entry.image, id: id, at: now, in: transaction)
                written += 1
            }
        } else {
            id = try insert(entry.image, at: now, in: transaction)
            written += 1
        }
        written += try VariantRows.sync(
            entry.variants, with: old?.variants ?? [], of: entry.image, id: id, &notes, at: now, in: transaction)
        written += try EnvParam.sync(
            entry.environment, with: old?.environment ?? [], image: id, at: now, in: transaction)
        written += try SettingParam.sync(
            entry.settings, with: old?.settings ?? [], image: id, at: now, in: transaction)
        written += try PortParam.sync(entry.ports, with: old?.ports ?? [], image: id, at: now, in: transaction)
        written += try VolumeParam.sync(entry.volumes, with: old?.volumes ?? [], image: id, at: now, in: transaction)
        return (id, written)
    }

    /// Makes the stored requirements those of the entry. All images and variants it names exist.
    static func writeRequirements(_ entry: ImageEntry, at now: Moment, in transaction: any Transaction) throws {
        let name = entry.image.name
        try transaction.run(
            "DELETE FROM image_relationships WHERE image_id = (SELECT id FROM images WHERE name = \(name))")
        for requirement in entry.requires {
            try transaction.run(
                """
                INSERT INTO image_relationships (image_id, requires_image_id, default_variant_id, created_at,
                    updated_at)
                SELECT i.id, o.id,
                    (SELECT v.id FROM image_variants v
                     WHERE v.image_id = o.id AND v.registry_image_tag = \(requirement.tag ?? "")),
                    CAST(\(now) AS BIGINT), CAST(\(now) AS BIGINT)
                FROM images i, images o WHERE i.name = \(name) AND o.name = \(requirement.image)
                """)
        }
        try transaction.run("UPDATE images SET updated_at = \(now) WHERE name = \(name)")
    }

    static func touch(_ id: Int64, at now: Moment, in transaction: any Transaction) throws {
        try transaction.run("UPDATE images SET updated_at = \(now) WHERE id = \(id)")
    }

    /// What files say of an image: no identity, no times, no registry credentials.
    static func content(_ image: Image) -> Image {
        var copy = image
        copy.id = 0
        copy.createdAt = Moment(milliseconds: 0)
        copy.updatedAt = Moment(milliseconds: 0)
        copy.registryAuth = false
        copy.registryUsername = nil
        copy.registryPasswordSealed = nil
        return copy
    }

    private static func insert(_ image: Image, at now: Moment, in transaction: any Transaction) throws -> Int64 {
        let id = try transaction.int(
            """
            INSERT INTO images (name, label, description, role, category, active, registry_custom,
                registry_image_path, command, docker_init, shm_size, min_cpu_milli, min_memory_mb, can_scale, is_free,
                is_load_balancer, capabilities, labels, created_at, updated_at)
            VALUES (\(image.name), \(image.label), \(image.description), \(image.role), \(image.category),
                \(image.active), \(image.registryHost), \(image.registryPath), \(image.command), \(image.useInit),
                \(image.shmBytes), \(image.minCPUMilli), \(image.minMemoryMB), \(image.canScale), \(image.isFree),
                \(image.isLoadBalancer), \(StoredJSON.text(image.capabilities)), \(StoredJSON.text(image.labels)),
                \(now), \(now))
            RETURNING id
            """)
        guard let id else { throw Fault(.bug, "The new image could not be stored.") }
        return id
    }

    private static func update(_ image: Image, id: Int64, at now: Moment, in transaction: any Transaction) throws {
        try transaction.run(
            """
            UPDATE images SET label = \(image.label), description = \(image.description), role = \(image.role),
                category = \(image.category), active = \(image.active), registry_custom = \(image.registryHost),
                registry_image_path = \(image.registryPath), command = \(image.command),
                docker_init = \(image.useInit), shm_size = \(image.shmBytes), min_cpu_milli = \(image.minCPUMilli),
                min_memory_mb = \(image.minMemoryMB), can_scale = \(image.canScale), is_free = \(image.isFree),
                is_load_balancer = \(image.isLoadBalancer), capabilities = \(StoredJSON.text(image.capabilities)),
                labels = \(StoredJSON.text(image.labels)), updated_at = \(now)
            WHERE id = \(id)
            """)
    }
}

/// Writes variants. A variant that services use stays, behind the others.
enum VariantRows {
    static func sync(
        _ wanted: [ImageVariant], with stored: [ImageVariant], of image: Image, id imageID: Int64,
        _ notes: inout [String], at now: Moment, in transaction: any Transaction
    ) throws -> Int {
        let (all, gone) = try withKept(wanted, stored, of: image, &notes, in: transaction)
        var written = 0
        for variant in gone {
            try transaction.run(
                "UPDATE image_relationships SET default_variant_id = NULL WHERE default_variant_id = \(variant.id)")
            written += try transaction.run("DELETE FROM image_variants WHERE id = \(variant.id)")
        }
        // An image has one default at any moment, so the old one steps back first.
        let newDefault = all.first(where: \.isDefault)?.tag
        for variant in stored where variant.isDefault && variant.tag != newDefault && !gone.contains(variant) {
            written += try transaction.run(
                "UPDATE image_variants SET is_default = 0, updated_at = \(now) WHERE id = \(variant.id)")
        }
        for variant in all {
            let old = stored.first { $0.tag == variant.tag }
            guard let old else {
                written += try transaction.run(
                    """
                    INSERT INTO image_variants (image_id, label, registry_image_tag, is_default, version, created_at,
                        updated_at)
                    VALUES (\(imageID), \(variant.label), \(variant.tag), \(variant.isDefault), \(variant.version),
                        \(now), \(now))
                    """)
                continue
            }
            let same =
                old.label == variant.label && old.isDefault == variant.isDefault && old.version == variant.version
            if same { continue }
            written += try transaction.run(
                """
                UPDATE image_variants SET label = \(variant.label), is_default = \(variant.isDefault),
                    version = \(variant.version), updated_at = \(now)
                WHERE id = \(old.id)
                """)
        }
        return written
    }

    /// The wanted variants with those that services use behind them, and the ones that can go.
    private static func withKept(
        _ wanted: [ImageVariant], _ stored: [ImageVariant], of image: Image, _ notes: inout [String],
        in transaction: any Transaction
    ) throws -> (all: [ImageVariant], gone: [ImageVariant]) {
        var all = wanted
        var gone: [ImageVariant] = []
        for variant in stored where !wanted.contains(where: { $0.tag == variant.tag }) {
            let users = try transaction.int("SELECT count(*) FROM services WHERE image_variant_id = \(variant.id)") ?? 0
            guard users > 0 else {
                gone.append(variant)
                continue
            }
            var kept = variant
            kept.isDefault = false
            kept.version = Int64(all.count + 1)
            all.append(kept)
            notes.append("Kept variant \(variant.tag) of \(image.name): \(users) services use it.")
        }
        return (all, gone)
    }
}
