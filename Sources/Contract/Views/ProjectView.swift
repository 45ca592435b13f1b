import Basics

/// A project on the wire.
package struct ProjectView: Codable, Sendable {
    package enum State: String, WireWord { case deleting, working, alert, unhealthy, warning, ok }

    package struct Links: Codable, Sendable {
        package let services: String
        package let containerImages: String
        package let bastions: String
    }

    package struct Metadata: Codable, Sendable {
        package let icons: [String]
        package let imageNames: [String]
    }

    package let id: Int64
    package let name: String
    package let skipSsh: Bool
    package let currentState: State
    package let createdAt: Timestamp
    package let updatedAt: Timestamp
    package let containerImageIds: [Int64]
    package let region: ReferenceView
    package let availabilityZone: ReferenceView?
    package let links: Links
    package let metadata: Metadata
}

/// `{"projects": […]}`
package struct ProjectList: Codable, Sendable { package let projects: [ProjectView] }

/// `{"project": {…}}`
package struct ProjectAnswer: Codable, Sendable { package let project: ProjectView }

/// The body of a rename.
package struct ProjectChangeRequest: Codable, Sendable {
    package struct Change: Codable, Sendable { package let name: String? }
    package let project: Change
}

/// Something else by id and name.
package struct ReferenceView: Codable, Sendable {
    package let id: Int64
    package let name: String?

    package init(id: Int64, name: String?) {
        self.id = id
        self.name = name
    }
}

extension ProjectChangeRequest.Change: BoundedMembers {
    package static var bounds: [String: Bounds] { ["name": .text(1...OrderLimits.nameLengthMax)] }
}
