package import Basics
package import Logging
import Operations
package import SQL

/// Starts deletions again that ended without success: what its owner has deleted must not stay half-deleted.
package struct DeletionSweep: Reconciler {
    /// How many deletions were started again.
    package struct Report: Codable, Sendable {
        package let projects: Int
        package let services: Int
        package let containers: Int
    }

    package static let name = "deletions.sweep"
    package let every = Duration.seconds(60)
    /// So many at once are enough; the rest follows with the next tick.
    private static let rowsMax = 100

    private let database: any Database
    private let clock: any WallClock

    package init(database: any Database, clock: any WallClock) {
        self.database = database
        self.clock = clock
    }

    package func activate(logger: Logger) async throws -> Report {
        let now = clock.now()
        return try await database.transaction { tx in
            Report(
                projects: try Self.projects(now, tx), services: try Self.services(now, tx),
                containers: try Self.containers(now, tx))
        }
    }

    private static func projects(_ now: Moment, _ tx: any Transaction) throws -> Int {
        let ids = try tx.rows(
            "SELECT id FROM projects WHERE state = 'deleting' ORDER BY id LIMIT \(rowsMax)"
        ) { $0.int(0) }
        return try ids.count { id in
            try start(ProjectTrashInput(projectID: id), project: id, others: [], now, tx)
        }
    }

    private static func services(_ now: Moment, _ tx: any Transaction) throws -> Int {
        let rows = try tx.rows(
            """
            SELECT s.id, s.project_id FROM services s JOIN projects p ON p.id = s.project_id AND p.state = 'active'
            WHERE s.state = 'deleting' ORDER BY s.id LIMIT \(rowsMax)
            """
        ) { ($0.int(0), $0.int(1)) }
        return try rows.count { service, project in
            try start(
                ServiceTrashInput(projectID: project, serviceID: service), project: project,
                others: [OperationSubject("service", service)], now, tx)
        }
    }

    private static func containers(_ now: Moment, _ tx: any Transaction) throws -> Int {
        let rows = try tx.rows(
            """
            SELECT c.id, s.id, s.project_id FROM containers c
            JOIN services s ON s.id = c.service_id AND s.state = 'active'
            JOIN projects p ON p.id = s.project_id AND p.state = 'active'
            WHERE c.desired_state = 'removed' ORDER BY c.id LIMIT \(rowsMax)
            """
        ) { ($0.int(0), $0.int(1), $0.int(2)) }
        return try rows.count { container, service, project in
            try start(
                ServiceScalingInput(projectID: project, serviceID: service, addedIDs: [], removedIDs: [container]),
                project: project,
                others: [OperationSubject("service", service), OperationSubject("container", container)], now, tx)
        }
    }

    /// Answers false when something is being done about the project already.
    private static func start<Input: WorkloadInput>(
        _ input: Input, project: Int64, others: [OperationSubject], _ now: Moment, _ tx: any Transaction
    ) throws -> Bool {
        let subject = OperationSubject("project", project)
        if try Operations.hasActive(subject, in: tx) { return false }
        try Operations.enqueue(
            NewOperation(
                Input.kind, input: input, subjects: [subject] + others, locks: ["project:\(project)"],
                requestID: "deletions.sweep"), in: tx, now: now)
        return true
    }
}
