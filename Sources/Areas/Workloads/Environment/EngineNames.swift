/// The names and labels of everything workloads have on an engine. The same row always gives the same name, so doing a
/// thing twice is doing it once; the installation's code keeps two Berths on one engine apart.
package struct EngineNames: Sendable, Hashable {
    /// The installation's code.
    package let code: String

    package init(code: String) { self.code = code }

    /// The name of one instance of a container.
    package func container(_ id: Int64, generation: Int64) -> String { "berth-\(code)-container-\(id)-\(generation)" }
    /// The name of a project's network.
    package func network(project id: Int64) -> String { "berth-\(code)-project-\(id)" }
    /// The name of a volume.
    package func volume(_ id: Int64) -> String { "berth-\(code)-volume-\(id)" }

    /// The label every object of this installation carries.
    package static let installationLabel = "berth.installation"

    /// The labels of everything that belongs to a project.
    package func labels(zone: Int64, project: Int64) -> [String: String] {
        [EngineNames.installationLabel: code, "berth.zone": String(zone), "berth.project": String(project)]
    }
}
