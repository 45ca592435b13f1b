package import Basics
import Identity
package import SQL

/// Images with everything that customers see of them.
package struct ImageDetails: Sendable, Hashable {
    package let image: Image
    package let params: ImageParams
    /// By position.
    package let variants: [ImageVariant]
    /// Images that need this one.
    package let requiredBy: [Int64]
}

/// Lists and single views of images. A page costs the same number of statements however many rows it has.
package enum ImageListing {
    /// Which images.
    package struct Filter: Sendable, Hashable {
        /// The caller's own only.
        package var ownedOnly: Bool
        package var loadBalancersOnly: Bool
        /// A part of the label, upper or lower case.
        package var nameContains: String?

        package init(ownedOnly: Bool = false, loadBalancersOnly: Bool = false, nameContains: String? = nil) {
            self.ownedOnly = ownedOnly
            self.loadBalancersOnly = loadBalancersOnly
            self.nameContains = nameContains
        }
    }

    /// Public active images and the caller's own by label, and how many there are on all pages.
    package static func list(
        _ page: Page, _ filter: Filter, by caller: Caller, from database: any Database
    ) async throws -> ([ImageDetails], total: Int64) {
        let mine = Policy.owned("user_id", project: nil, by: caller)
        let shared = caller.shares.images
        let own: SQL = shared.isEmpty ? mine : "(\(mine) OR id IN (\(list: shared)))"
        var chosen: SQL = filter.ownedOnly ? "WHERE \(own)" : "WHERE ((user_id IS NULL AND active = 1) OR \(own))"
        if filter.loadBalancersOnly { chosen = "\(chosen) AND is_load_balancer = 1" }
        if let name = filter.nameContains { chosen = "\(chosen) AND lower(label) LIKE \(pattern(name)) ESCAPE '!'" }
        let condition = chosen
        return try await database.read { connection in
            (
                try load("\(condition) ORDER BY label, id LIMIT \(page.size) OFFSET \(page.offset)", on: connection),
                total: try connection.int("SELECT COUNT(*) FROM images \(condition)") ?? 0
            )
        }
    }

    /// One image: public and active, the caller's own, or one that the caller runs. Throws `.notFound` otherwise.
    package static func view(_ id: Int64, by caller: Caller, from database: any Database) async throws -> ImageDetails {
        try await database.read { connection in
            guard let found = try load("WHERE id = \(id)", on: connection).first else {
                throw Policy.notFound("container image")
            }
            let image = found.image
            let isPublic =
                try (image.ownerID == nil && image.active) || isRun(id, by: caller, on: connection)
            try Policy.require(
                .view,
                on: Holder(noun: "container image", ownerID: image.ownerID, imageID: id, isPublic: isPublic),
                by: caller)
            return found
        }
    }

    private static func isRun(_ id: Int64, by caller: Caller, on connection: any Connection) throws -> Bool {
        if caller.userID == nil { return false }
        return try connection.int(
            """
            SELECT 1 FROM projects p
            JOIN services s ON s.project_id = p.id
            JOIN image_variants v ON v.id = s.image_variant_id
            WHERE v.image_id = \(id) AND p.state = 'active'
                AND \(Policy.owned("p.user_id", project: "p.id", by: caller)) LIMIT 1
            """) != nil
    }

    private static func load(_ condition: SQL, on connection: any Connection) throws -> [ImageDetails] {
        let images = try connection.rows(
            "SELECT \(ImageBlueprints.imageColumns) FROM images \(condition)", ImageBlueprints.image)
        let ids = images.map(\.id)
        if ids.isEmpty { return [] }
        let params = try ImageParams.of(images: ids, on: connection)
        var variants: [Int64: [ImageVariant]] = [:]
        try connection.each(
            """
            SELECT \(ImageBlueprints.variantColumns), image_id FROM image_variants
            WHERE image_id IN (\(list: ids)) ORDER BY version, id
            """
        ) { variants[$0.int(7), default: []].append(ImageBlueprints.variant($0)) }
        var requiredBy: [Int64: [Int64]] = [:]
        try connection.each(
            """
            SELECT requires_image_id, image_id FROM image_relationships
            WHERE requires_image_id IN (\(list: ids)) ORDER BY image_id
            """
        ) { requiredBy[$0.int(0), default: []].append($0.int(1)) }
        return images.map {
            ImageDetails(
                image: $0, params: params[$0.id] ?? ImageParams(), variants: variants[$0.id] ?? [],
                requiredBy: requiredBy[$0.id] ?? [])
        }
    }

    /// `%name%` with the two wild cards taken literally.
    private static func pattern(_ name: String) -> String {
        var text = "%"
        for character in name.lowercased() {
            if "%_!".contains(character) { text.append("!") }
            text.append(character)
        }
        return text + "%"
    }
}
