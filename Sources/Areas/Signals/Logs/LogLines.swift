package import Basics
package import SQL

/// Log lines of containers, kept for a limited time so that they survive a rebuild.
///
/// The engine is the source; the zone's watcher copies from it. A position per instance remembers how far the copy
/// got, so that a restart neither loses nor doubles a line.
package enum LogLines {
    /// One line as it is stored and shown.
    package struct Line: Sendable, Hashable {
        /// µs since 1970.
        package let atMicroseconds: Int64
        /// 1 for standard output, 2 for standard error.
        package let stream: Int
        package let text: String

        package init(atMicroseconds: Int64, stream: Int, text: String) {
            self.atMicroseconds = atMicroseconds
            self.stream = stream
            self.text = text
        }
    }

    /// How far the copy of one instance's log got.
    package struct Position: Sendable, Hashable, Comparable {
        /// The time of the last stored line, µs since 1970.
        package var atMicroseconds: Int64
        /// How many stored lines carry that very time.
        package var sameInstant: Int64

        package static let start = Position(atMicroseconds: 0, sameInstant: 0)

        package init(atMicroseconds: Int64, sameInstant: Int64) {
            self.atMicroseconds = atMicroseconds
            self.sameInstant = sameInstant
        }

        /// The position after one more line. Lines that two streams of a container wrote at once may come in the wrong
        /// order by a few µs; they do not move it back.
        package func after(_ line: Line) -> Position {
            if line.atMicroseconds < atMicroseconds { return self }
            return line.atMicroseconds == atMicroseconds
                ? Position(atMicroseconds: atMicroseconds, sameInstant: sameInstant + 1)
                : Position(atMicroseconds: line.atMicroseconds, sameInstant: 1)
        }

        package static func < (a: Position, b: Position) -> Bool {
            (a.atMicroseconds, a.sameInstant) < (b.atMicroseconds, b.sameInstant)
        }
    }

    /// Whose log it is.
    package struct Source: Sendable, Hashable {
        package let serviceID: Int64
        package let containerID: Int64
        package let instanceID: Int64

        package init(serviceID: Int64, containerID: Int64, instanceID: Int64) {
            self.serviceID = serviceID
            self.containerID = containerID
            self.instanceID = instanceID
        }
    }

    /// Lines of a service or a container.
    package enum Subject: Sendable, Hashable {
        case service(Int64)
        case container(Int64)
    }

    /// Stores lines in the order they came, the first of them next after `base`, and how far they reach.
    ///
    /// What is stored already is left out: a batch whose commit got no answer may be handed over again, and two
    /// watchers of one zone may copy the same log.
    package static func append(_ lines: [Line], of source: Source, after base: Position, in tx: any Transaction) throws
    {
        // The change that changes nothing locks the row, so that the second of two sees what the first one stored.
        let stored = try tx.first(
            """
            INSERT INTO log_positions (instance_id, at_us, same_instant)
            VALUES (\(source.instanceID), \(base.atMicroseconds), \(base.sameInstant))
            ON CONFLICT (instance_id) DO UPDATE SET at_us = log_positions.at_us
            RETURNING at_us, same_instant
            """
        ) { Position(atMicroseconds: $0.int(0), sameInstant: $0.int(1)) }
        let known = stored ?? base
        var reached = base
        for line in lines {
            reached = reached.after(line)
            guard known <= base || reached > known else { continue }
            try tx.run(
                """
                INSERT INTO log_lines (service_id, container_id, at_us, stream, line)
                VALUES (\(source.serviceID), \(source.containerID), \(line.atMicroseconds), \(line.stream),
                    \(line.text))
                """)
        }
        guard reached > known else { return }
        try tx.run(
            """
            UPDATE log_positions SET at_us = \(reached.atMicroseconds), same_instant = \(reached.sameInstant)
            WHERE instance_id = \(source.instanceID)
            """)
    }

    /// How far the copy of this instance got; ``Position/start`` when nothing was copied.
    package static func position(instanceID: Int64, in connection: any Connection) throws -> Position {
        try connection.first("SELECT at_us, same_instant FROM log_positions WHERE instance_id = \(instanceID)") {
            Position(atMicroseconds: $0.int(0), sameInstant: $0.int(1))
        } ?? .start
    }

    /// Newest first. Columns of the row: time in µs, the container's name, the text.
    package static func recent(
        _ subject: Subject, limit: Int, from: Moment?, to: Moment?, in connection: any Connection,
        _ body: (_ atMicroseconds: Int64, _ row: any Row) throws -> Void
    ) throws {
        let owner: SQL =
            switch subject {
            case .service(let id): "l.service_id = \(id)"
            case .container(let id): "l.container_id = \(id)"
            }
        let earliest = (from?.milliseconds ?? 0).multipliedReportingOverflow(by: 1000)
        let latest = (to?.milliseconds ?? Int64.max / 2000).multipliedReportingOverflow(by: 1000)
        try connection.each(
            """
            SELECT l.at_us, c.name, l.line
            FROM log_lines l LEFT JOIN containers c ON c.id = l.container_id
            WHERE \(owner)
              AND l.at_us >= \(earliest.overflow ? Int64.max : earliest.partialValue)
              AND l.at_us <= \(latest.overflow ? Int64.max : latest.partialValue)
            ORDER BY l.at_us DESC, l.id DESC LIMIT \(limit)
            """
        ) { try body($0.int(0), $0) }
    }

    /// Removes lines older than `moment`, a bounded number at a time. Answers how many.
    package static func expire(before moment: Moment, atMost rowsMax: Int, in tx: any Transaction) throws -> Int {
        try tx.run(
            """
            DELETE FROM log_lines WHERE id IN
                (SELECT id FROM log_lines WHERE at_us < \(moment.milliseconds * 1000) ORDER BY at_us LIMIT \(rowsMax))
            """)
    }
}
