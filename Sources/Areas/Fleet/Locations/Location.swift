package import Basics
package import SQL

/// A group of zones that customers choose from: a city, a data centre. Berth picks the zone in it.
package struct Location: Sendable, Hashable {
    /// Which of several zones with room gets the next order.
    package enum FillStrategy: String, Sendable, Hashable, CaseIterable {
        /// The emptiest one.
        case least
        /// The fullest one, so that others stay free.
        case full
    }

    package let id: Int64
    package let name: String
    package let active: Bool
    package let fillStrategy: FillStrategy
    package let createdAt: Moment
    package let updatedAt: Moment

    package init(
        id: Int64, name: String, active: Bool, fillStrategy: FillStrategy, createdAt: Moment, updatedAt: Moment
    ) {
        self.id = id
        self.name = name
        self.active = active
        self.fillStrategy = fillStrategy
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }
}

/// Reads locations.
package enum LocationQueries {
    /// nil when there is none.
    package static func location(_ id: Int64, on connection: any Connection) throws -> Location? {
        try connection.first("SELECT \(columns) FROM locations WHERE id = \(id)", location)
    }

    /// nil when there is none. Names are unique.
    package static func location(named name: String, on connection: any Connection) throws -> Location? {
        try connection.first("SELECT \(columns) FROM locations WHERE name = \(name)", location)
    }

    /// All locations by name, inactive ones too; one page of them, or all when `page` is nil.
    package static func list(_ page: Page?, on connection: any Connection) throws -> [Location] {
        try connection.rows(
            "SELECT \(columns) FROM locations ORDER BY name, id \(paging(page))", location)
    }

    /// How many ``list(_:on:)`` has in all.
    package static func count(on connection: any Connection) throws -> Int {
        Int(try connection.int("SELECT count(*) FROM locations") ?? 0)
    }

    /// The location a new project goes to when its order names none: the first active one by id.
    package static func firstActive(on connection: any Connection) throws -> Location? {
        try connection.first("SELECT \(columns) FROM locations WHERE active = 1 ORDER BY id LIMIT 1", location)
    }

    private static func paging(_ page: Page?) -> SQL {
        page.map { "LIMIT \($0.size) OFFSET \($0.offset)" } ?? ""
    }

    private static let columns: SQL = "id, name, active, fill_strategy, created_at, updated_at"

    private static func location(_ row: any Row) -> Location {
        Location(
            id: row.int(0), name: row.text(1), active: row.bool(2),
            fillStrategy: Location.FillStrategy(rawValue: row.text(3)) ?? .least, createdAt: row.moment(4),
            updatedAt: row.moment(5))
    }
}
