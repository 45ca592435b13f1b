package import Basics
import Identity
package import SQL
package import Signals

/// What was heard from containers and services, for those who may look at them.
package enum ContainerSignals {
    /// Which log lines.
    package struct Window: Sendable, Hashable {
        package let limit: Int
        package let from: Moment?
        package let to: Moment?

        package init(limit: Int, from: Moment?, to: Moment?) {
            self.limit = limit
            self.from = from
            self.to = to
        }
    }

    /// A log line with the name of its container.
    package struct Line: Sendable, Hashable {
        /// µs since 1970.
        package let atMicroseconds: Int64
        package let container: String
        package let text: String
    }

    /// Newest first.
    package static func log(
        ofService id: Int64, _ window: Window, by caller: Caller, from database: any Database
    ) async throws -> [Line] {
        try await database.read { connection in
            try ServiceReading.require(.view, id, by: caller, on: connection)
            return try lines(.service(id), window, on: connection)
        }
    }

    /// Newest first.
    package static func log(
        ofContainer id: Int64, _ window: Window, by caller: Caller, from database: any Database
    ) async throws -> [Line] {
        try await database.read { connection in
            _ = try require(.view, id, by: caller, on: connection)
            return try lines(.container(id), window, on: connection)
        }
    }

    /// The samples of the last three hours, oldest first, and how much processor time is 100 %.
    package static func usage(
        ofContainer id: Int64, by caller: Caller, at now: Moment, from database: any Database
    ) async throws -> (points: [Metrics.Point], cpuMilliMax: Int64) {
        try await database.read { connection in
            let most = try require(.view, id, by: caller, on: connection)
            let from = now.advanced(by: .seconds(-SignalLimits.metricWindowSeconds))
            return (try Metrics.recent(containerID: id, since: from, in: connection), most)
        }
    }

    /// Throws `.notFound` for what the caller may not see.
    package static func requireVisible(_ id: Int64, by caller: Caller, from database: any Database) async throws {
        _ = try await database.read { try require(.view, id, by: caller, on: $0) }
    }

    /// Throws unless the caller may do `action` to the container. Answers its CPU limit in thousandths of a core.
    @discardableResult
    static func require(
        _ action: Action, _ id: Int64, by caller: Caller, on connection: any Connection
    ) throws -> Int64 {
        let found = try connection.first(
            """
            SELECT p.user_id, p.id, s.cpu_milli FROM containers c
            JOIN services s ON s.id = c.service_id
            JOIN projects p ON p.id = s.project_id
            WHERE c.id = \(id)
            """
        ) { (Holder(noun: "container", ownerID: $0.int(0), projectID: $0.int(1)), cpuMilli: $0.int(2)) }
        guard let (holder, cpuMilli) = found else { throw Policy.notFound("container") }
        try Policy.require(action, on: holder, by: caller)
        return cpuMilli
    }

    private static func lines(
        _ subject: LogLines.Subject, _ window: Window, on connection: any Connection
    ) throws -> [Line] {
        var lines: [Line] = []
        try LogLines.recent(subject, limit: window.limit, from: window.from, to: window.to, in: connection) {
            lines.append(Line(atMicroseconds: $0, container: $1.text(1), text: $1.text(2)))
        }
        return lines
    }
}
