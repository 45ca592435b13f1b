import CLibPQ
import SQL

/// An error of libpq or of the server, before it becomes a ``DatabaseProblem``.
struct PostgresFailure: Error {
    /// The five characters of the server's error code; nil when the server did not answer.
    let state: String?
    let message: String
    /// `table.column[, table.column]` of a violated UNIQUE constraint, when the server said so.
    private let columns: String?
    /// The name of the violated constraint.
    private let constraint: String?

    init(state: String?, message: String) {
        self.state = state
        self.message = message
        columns = nil
        constraint = nil
    }

    /// The error in `result`; with nil, the last error of `connection`.
    init(_ result: OpaquePointer?, _ connection: OpaquePointer) {
        guard let result, let state = Self.field(result, "C") else {
            state = nil
            message = Self.trimmed(String(cString: PQerrorMessage(connection)))
            columns = nil
            constraint = nil
            return
        }
        self.state = state
        let parts = [Self.field(result, "M"), Self.field(result, "D"), Self.field(result, "n")]
        message = parts.compactMap(\.self).joined(separator: "; ")
        columns = state == "23505" ? Self.columns(Self.field(result, "t"), Self.field(result, "D")) : nil
        constraint = Self.field(result, "n")
    }

    /// The transaction was chosen to give way to another one; the same again may succeed.
    var isSerialization: Bool { state == "40001" || state == "40P01" }

    /// A prepared statement is older than the table it reads, or was lost.
    var isStaleStatement: Bool { state == "0A000" || state == "26000" }

    /// The server cannot be written to through this connection, but perhaps through a new one (a fail-over).
    var wantsNewConnection: Bool {
        guard let state else { return true }
        return state == "25006" || state.hasPrefix("57P") || state.hasPrefix("08")
    }

    func problem(_ sql: String = "") -> DatabaseProblem {
        guard let state else { return .unavailable(detail: "PostgreSQL: \(message)") }
        switch state {
        case "23505", "23P01":
            return .notUnique(constraint: columns ?? constraint ?? message)
        case "23503":
            return .missingReference(detail: message)
        case "23502", "23514", "22001", "22003", "22021", "22P05", "54000":
            return .notAllowed(detail: message)
        case "25P02":
            return .mistake(
                detail:
                    "an earlier statement of the transaction was refused; use attempt { } around that one. Now: \(sql)"
            )
        case "25006", "40001", "40P01", "55P03", "57014", "55006", "3D000":
            return .unavailable(detail: "PostgreSQL: \(message) (\(state))")
        default:
            break
        }
        switch state.prefix(2) {
        case "08", "28", "53", "57", "58", "XX":
            return .unavailable(detail: "PostgreSQL: \(message) (\(state))")
        default:
            return .mistake(detail: sql.isEmpty ? "\(message) (\(state))" : "\(message) (\(state)) in: \(sql)")
        }
    }

    private static func field(_ result: OpaquePointer, _ code: Character) -> String? {
        guard let code = code.asciiValue, let text = PQresultErrorField(result, Int32(code)) else { return nil }
        return String(cString: text)
    }

    /// "Key (location_id, name)=(1, x) already exists." → "zones.location_id, zones.name", as SQLite says it. Only
    /// the parentheses are looked at: the words around them depend on the server's language.
    private static func columns(_ table: String?, _ detail: String?) -> String? {
        guard let table, let detail, let open = detail.firstIndex(of: "("),
            let close = detail.firstRange(of: ")=(")?.lowerBound, open < close
        else { return nil }
        return detail[detail.index(after: open)..<close].split(separator: ",")
            .map { "\(table).\($0.drop { $0 == " " })" }.joined(separator: ", ")
    }

    private static func trimmed(_ text: String) -> String {
        text.split(whereSeparator: \.isNewline).joined(separator: " ")
    }
}
