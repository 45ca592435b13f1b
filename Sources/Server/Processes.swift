import Contract
import Fleet
import Workloads

/// The engine's process table in the shape of the API.
enum Processes {
    static func list(containerID: Int64, site: Site) async throws -> [ProcessView] {
        let table = try await ContainerProcesses.table(containerID: containerID, site: site)
        return table.rows.map { row in
            func column(_ title: String) -> String {
                table.titles.firstIndex(of: title).flatMap { $0 < row.count ? row[$0] : nil } ?? ""
            }
            return ProcessView(
                uid: column("UID"), pid: Int64(column("PID")) ?? 0, parent: Int64(column("PPID")) ?? 0,
                cpu: Int64(column("C")) ?? 0, started: column("STIME"), tty: column("TTY"), time: column("TIME"),
                command: column("CMD"))
        }
    }
}
