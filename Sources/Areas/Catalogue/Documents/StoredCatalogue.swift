import Basics
package import SQL

/// What the database has of the catalogue: all packages, and all images that no account owns.
package struct StoredCatalogue: Sendable {
    /// By name.
    package var packages: [PackageEntry]
    /// By name.
    package var images: [ImageEntry]

    /// Nine queries, whatever the size.
    package static func read(on connection: any Connection) throws -> StoredCatalogue {
        StoredCatalogue(packages: try packages(on: connection), images: try images(on: connection))
    }

    private static func packages(on connection: any Connection) throws -> [PackageEntry] {
        var prices: [Int64: [PackageEntry.PlanPrice]] = [:]
        try connection.each(
            """
            SELECT b.product_id, p.name, p.is_default, b.currency, b.price_hour_nano
            FROM billing_plan_products b JOIN billing_plans p ON p.id = b.billing_plan_id
            ORDER BY p.is_default DESC, p.name, b.currency
            """
        ) { row in
            let price = PackageEntry.PlanPrice(
                plan: row.bool(2) ? nil : row.text(1), currency: row.text(3), hour: Money(nano: row.int(4)))
            prices[row.int(0), default: []].append(price)
        }
        return try ProductQueries.all(on: connection).map {
            PackageEntry(product: $0, prices: prices[$0.id] ?? [])
        }
    }

    private static func images(on connection: any Connection) throws -> [ImageEntry] {
        let images = try connection.rows(
            "SELECT \(ImageBlueprints.imageColumns) FROM images WHERE user_id IS NULL ORDER BY name",
            ImageBlueprints.image)
        let ids = images.map(\.id)
        var variants: [Int64: [ImageVariant]] = [:]
        try connection.each(
            """
            SELECT \(ImageBlueprints.variantColumns), image_id FROM image_variants
            WHERE image_id IN (\(list: ids)) ORDER BY version, id
            """
        ) { variants[$0.int(7), default: []].append(ImageBlueprints.variant($0)) }
        let params = try ImageParams.of(images: ids, on: connection)
        var requires: [Int64: [ImageEntry.Requires]] = [:]
        try connection.each(
            """
            SELECT r.image_id, i.name, v.registry_image_tag
            FROM image_relationships r
            JOIN images i ON i.id = r.requires_image_id
            LEFT JOIN image_variants v ON v.id = r.default_variant_id
            WHERE r.image_id IN (\(list: ids)) ORDER BY r.id
            """
        ) { requires[$0.int(0), default: []].append(ImageEntry.Requires(image: $0.text(1), tag: $0.textOrNil(2))) }
        return images.map { image in
            let own = params[image.id] ?? ImageParams()
            return ImageEntry(
                image: image, variants: variants[image.id] ?? [], environment: own.environment,
                settings: own.settings, ports: own.ports, volumes: own.volumes, requires: requires[image.id] ?? [])
        }
    }
}
