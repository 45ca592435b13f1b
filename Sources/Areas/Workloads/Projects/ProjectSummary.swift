package import Basics
package import Identity

/// Something by its id and name.
package struct NamedID: Sendable, Hashable {
    package let id: Int64
    package let name: String

    package init(id: Int64, name: String) {
        self.id = id
        self.name = name
    }
}

/// How a project is, in one word. v60 words; the first that is true counts.
package enum ProjectCondition: String, Sendable, CaseIterable {
    case deleting
    /// Something is being done to it.
    case working
    /// The last thing that was done to it failed, or its order did.
    case alert
    /// A container that should run does not.
    case unhealthy
    case warning
    case ok
}

/// A project as lists and single views show it.
package struct ProjectSummary: Sendable, Hashable {
    package let id: Int64
    package let ownerID: Int64
    package let name: String
    package let isLeaving: Bool
    package let skipSSH: Bool
    package let createdAt: Moment
    package let updatedAt: Moment
    package let location: NamedID
    package let zone: NamedID
    package internal(set) var condition: ProjectCondition
    /// Of its services, each once, by id, with the label.
    package private(set) var images: [NamedID]

    /// Whose it is, for the policy.
    package var holder: Holder {
        Holder(noun: "project", ownerID: ownerID, projectID: id, isLeaving: isLeaving, isShared: true)
    }

    /// Adds the image of a service. Most projects have one, and none has many.
    mutating func add(_ image: NamedID) {
        if images.contains(where: { $0.id == image.id }) { return }
        let place = images.firstIndex { $0.id > image.id }
        if let place { images.insert(image, at: place) } else { images.append(image) }
    }
}
