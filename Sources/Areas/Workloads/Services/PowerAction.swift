import Basics
import Operations

/// What can be done to containers that exist.
package enum PowerAction: String, Sendable, Hashable, CaseIterable {
    case start
    case stop
    case restart
    case rebuild

    /// Throws `.invalid` for a word that is none of these.
    package static func named(_ name: String) throws -> PowerAction {
        if let action = PowerAction(rawValue: name) { return action }
        throw Fault(.invalid, "Unknown action: use start, stop, restart or rebuild.")
    }

    /// What the containers' desired state is from now on.
    var desiredState: String { self == .stop ? "stopped" : "running" }

    var kind: WorkflowKind {
        switch self {
        case .start: .containerStart
        case .stop: .containerStop
        case .restart: .containerRestart
        case .rebuild: .containerRebuild
        }
    }

    private var verb: String {
        switch self {
        case .start: "Start"
        case .stop: "Stop"
        case .restart: "Restart"
        case .rebuild: "Rebuild"
        }
    }

    /// A service without containers needs no work; v60 answers as if it had been done.
    func plan(_ containers: [ServiceTarget.Container]) -> ChangePlan {
        ChangePlan(
            changes: containers.map { "\(verb) the container \($0.name)." }, starts: containers.isEmpty ? nil : kind)
    }
}
