package import Basics
package import SQL

/// All locations with their zones, for customers to choose from.
package enum LocationListing {
    /// One line of the list.
    package struct Line: Sendable, Hashable {
        package let location: Location
        /// By name.
        package let zones: [ZoneName]
    }

    /// A zone as customers know it.
    package struct ZoneName: Sendable, Hashable {
        package let id: Int64
        package let name: String
    }

    /// By name, and how many locations there are on all pages.
    package static func list(_ page: Page, from database: any Database) async throws -> ([Line], total: Int64) {
        try await database.read { connection in
            let locations = try LocationQueries.list(page, on: connection)
            let ids = locations.map(\.id)
            var zones: [Int64: [ZoneName]] = [:]
            try connection.each(
                "SELECT location_id, id, name FROM zones WHERE location_id IN (\(list: ids)) ORDER BY name, id"
            ) { zones[$0.int(0), default: []].append(ZoneName(id: $0.int(1), name: $0.text(2))) }
            return (
                locations.map { Line(location: $0, zones: zones[$0.id] ?? []) },
                total: Int64(try LocationQueries.count(on: connection))
            )
        }
    }
}
