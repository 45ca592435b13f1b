package import Basics
import Identity
package import SQL

/// What the provider's staff does with locations.
package struct Locations: Sendable {
    private let database: any Database
    private let clock: any WallClock

    package init(database: any Database, clock: any WallClock = SystemWallClock()) {
        self.database = database
        self.clock = clock
    }

    /// Makes a location; answers its id. Throws `.invalid` for a bad or taken name, `.forbidden` for customers.
    package func create(
        name: String, fillStrategy: Location.FillStrategy = .least, by caller: Caller
    ) async throws -> Int64 {
        try Policy.requireStaff(caller)
        let name = try FleetLimits.name(name, of: "location")
        let now = clock.now()
        do {
            return try await database.transaction { transaction in
                try transaction.int(
                    """
                    INSERT INTO locations (name, fill_strategy, created_at, updated_at)
                    VALUES (\(name), \(fillStrategy.rawValue), \(now), \(now)) RETURNING id
                    """) ?? 0
            }
        } catch DatabaseProblem.notUnique {
            throw Fault(.invalid, "There is a location named \"\(name)\" already. Choose another name.")
        }
    }
}

/// Bounds of what operators may enter.
enum FleetLimits {
    /// v60: names of locations have 2 to 50 characters; zones follow.
    static let nameMin = 2
    static let nameMax = 50
    /// Leaves room for `<service>-<id>.` in front, within the 253 characters of a domain name.
    static let appsDomainMax = 180
    /// Room for the reason in a zone's state.
    static let stateDetailMax = 500

    /// The name without spaces around it; throws `.invalid` with a sentence.
    static func name(_ text: String, of noun: String) throws -> String {
        let name = trimmed(text)
        guard name.count >= nameMin, name.count <= nameMax, !name.unicodeScalars.contains(where: isControl) else {
            throw Fault(.invalid, "The name of a \(noun) has \(nameMin) to \(nameMax) characters.")
        }
        return name
    }

    static func trimmed(_ text: String) -> String {
        var rest = Substring(text)
        while rest.first?.isWhitespace == true { rest.removeFirst() }
        while rest.last?.isWhitespace == true { rest.removeLast() }
        return String(rest)
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.generalCategory == .control
    }
}
