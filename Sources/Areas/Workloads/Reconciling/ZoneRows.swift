import Basics
import Operations
import SQL

/// What the reconciler reads and writes of one zone.
enum ZoneRows {
    struct Picture: Sendable {
        let wanted: [ZoneComparison.Wanted]
        let busyProjects: Set<Int64>
        let highestContainerID: Int64
    }

    /// Everything that should be in the zone, in a constant number of queries.
    static func picture(zoneID: Int64, names: EngineNames, in connection: any Connection) throws -> Picture {
        let busy = Set(
            try connection.rows(
                """
                SELECT DISTINCT s.subject_id FROM operation_subjects s JOIN operations o ON o.id = s.operation_id
                WHERE s.noun = 'project' AND o.state IN ('pending', 'running', 'undoing')
                """
            ) { $0.int(0) })
        let highest =
            try connection.int("SELECT max(subject_id) FROM operation_subjects WHERE noun = 'container'") ?? 0
        let wanted = try connection.rows(
            """
            SELECT i.id, c.id, c.service_id, i.generation, p.id, i.state, c.desired_state, c.state, c.crash_count,
                c.crashed_at
            FROM projects p
            JOIN services s ON s.project_id = p.id
            JOIN containers c ON c.service_id = s.id
            JOIN instances i ON i.container_id = c.id
            WHERE p.zone_id = \(zoneID)
            ORDER BY i.id
            """
        ) { row in
            ZoneComparison.Wanted(
                instance: InstanceFacts(
                    id: row.int(0), containerID: row.int(1), serviceID: row.int(2), generation: row.int(3),
                    engineName: names.container(row.int(1), generation: row.int(3)), isPublic: false,
                    hasVolumes: false),
                projectID: row.int(4), instanceState: row.text(5), desiredState: row.text(6),
                containerState: row.text(7),
                crashes: CrashPolicy.Record(count: row.int(8), lastAt: row.momentOrNil(9)),
                isBusy: busy.contains(row.int(4)))
        }
        return Picture(wanted: wanted, busyProjects: busy, highestContainerID: highest)
    }

    /// Whether anything in the zone has crashed and is to be brought back. Asked all the time; mostly there is nothing.
    static func hasCrashes(zoneID: Int64, in connection: any Connection) throws -> Bool {
        try connection.int(
            """
            SELECT 1 FROM containers c JOIN services s ON s.id = c.service_id JOIN projects p ON p.id = s.project_id
            WHERE \(hasCrashed) AND p.zone_id = \(zoneID) LIMIT 1
            """) != nil
    }

    /// The first condition is that of the index `containers_crashed`, for SQLite, which does not see that the second
    /// one implies it.
    private static let hasCrashed: SQL = "c.state IN ('crashed', 'crash_loop') AND c.state = 'crashed'"

    /// Records a crash and, when it was one too many, says so as an event.
    static func noteCrash(
        containerID: Int64, projectID: Int64, detail: String, counts: Bool, now: Moment, in tx: any Transaction
    ) throws {
        let row = try tx.first(
            """
            SELECT crash_count, crashed_at, service_id FROM containers
            WHERE id = \(containerID) AND desired_state = 'running' AND state NOT IN ('crashed', 'crash_loop')
            \(.forUpdate)
            """
        ) { (CrashPolicy.Record(count: $0.int(0), lastAt: $0.momentOrNil(1)), $0.int(2)) }
        guard let (before, serviceID) = row, try !isBusy(projectID: projectID, in: tx) else { return }
        let record = counts ? CrashPolicy.after(before, at: now) : CrashPolicy.Record(count: 1, lastAt: now)
        try write(record, containerID, serviceID, projectID, detail: detail, now: now, in: tx)
    }

    /// Records that a crashed container could not be brought back.
    static func noteFailedRecovery(
        containerID: Int64, projectID: Int64, detail: String, now: Moment, in tx: any Transaction
    ) throws {
        let row = try tx.first(
            """
            SELECT crash_count, crashed_at, service_id FROM containers WHERE id = \(containerID) AND state = 'crashed'
            \(.forUpdate)
            """
        ) { (CrashPolicy.Record(count: $0.int(0), lastAt: $0.momentOrNil(1)), $0.int(2)) }
        guard let (before, serviceID) = row else { return }
        try write(
            CrashPolicy.after(before, at: now), containerID, serviceID, projectID, detail: detail, now: now, in: tx)
    }

    private static func write(
        _ record: CrashPolicy.Record, _ containerID: Int64, _ serviceID: Int64, _ projectID: Int64, detail: String,
        now: Moment, in tx: any Transaction
    ) throws {
        let over = CrashPolicy.isOver(record)
        try tx.run(
            """
            UPDATE containers
            SET state = \(over ? "crash_loop" : "crashed"), state_detail = \(detail), crash_count = \(record.count),
                crashed_at = \(now), updated_at = \(now)
            WHERE id = \(containerID)
            """)
        if over {
            try enqueueRecovery(
                containerID: containerID, serviceID: serviceID, projectID: projectID, reason: detail, givesUp: true,
                now: now, in: tx)
        }
    }

    /// Starts the recovery of what crashed and is due. Answers how many.
    static func recoverDue(zoneID: Int64, now: Moment, in tx: any Transaction) throws -> Int {
        let crashed = try tx.rows(
            """
            SELECT c.id, s.id, p.id, c.state_detail, c.crash_count, c.crashed_at
            FROM containers c JOIN services s ON s.id = c.service_id AND s.state = 'active'
            JOIN projects p ON p.id = s.project_id AND p.state = 'active' AND p.zone_id = \(zoneID)
            WHERE \(hasCrashed) AND c.desired_state = 'running'
            ORDER BY c.id LIMIT \(recoveriesMax)
            """
        ) { row in
            (
                container: row.int(0), service: row.int(1), project: row.int(2), detail: row.text(3),
                record: CrashPolicy.Record(count: row.int(4), lastAt: row.momentOrNil(5))
            )
        }
        var started = 0
        for row in crashed where CrashPolicy.nextAttempt(row.record) <= now {
            let subject = OperationSubject("container", row.container)
            if try Operations.hasActive(subject, in: tx) { continue }
            try enqueueRecovery(
                containerID: row.container, serviceID: row.service, projectID: row.project, reason: row.detail,
                givesUp: false, now: now, in: tx)
            started += 1
        }
        return started
    }

    /// Stops what was started behind our back.
    static func enqueueStop(containerID: Int64, serviceID: Int64, projectID: Int64, now: Moment, in tx: any Transaction)
        throws
    {
        guard try !isBusy(projectID: projectID, in: tx) else { return }
        try Operations.enqueue(
            NewOperation(
                WorkflowKind.containerStop,
                input: ContainersInput(projectID: projectID, serviceID: serviceID, containerIDs: [containerID]),
                subjects: subjects(containerID, serviceID, projectID), locks: ["project:\(projectID)"],
                requestID: "reconciler"), in: tx, now: now)
    }

    /// So many at once are enough; the rest follows with the next look.
    private static let recoveriesMax = 200

    private static func enqueueRecovery(
        containerID: Int64, serviceID: Int64, projectID: Int64, reason: String, givesUp: Bool, now: Moment,
        in tx: any Transaction
    ) throws {
        try Operations.enqueue(
            NewOperation(
                WorkflowKind.containerRecover,
                input: ContainerRecoverInput(
                    projectID: projectID, containerID: containerID, reason: reason, givesUp: givesUp),
                subjects: subjects(containerID, serviceID, projectID), locks: ["project:\(projectID)"],
                requestID: "reconciler"), in: tx, now: now)
    }

    private static func subjects(_ container: Int64, _ service: Int64, _ project: Int64) -> [OperationSubject] {
        [
            OperationSubject("container", container), OperationSubject("service", service),
            OperationSubject("project", project),
        ]
    }

    private static func isBusy(projectID: Int64, in connection: any Connection) throws -> Bool {
        try Operations.hasActive(OperationSubject("project", projectID), in: connection)
    }
}

extension EngineNames {
    static let zoneLabel = "berth.zone"
    static let projectLabel = "berth.project"
    static let containerLabel = "berth.container"
    static let kindLabel = "berth.kind"
}
