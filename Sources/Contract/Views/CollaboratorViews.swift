import Basics

/// Somebody by what others may know.
package struct PersonView: Codable, Sendable {
    package let id: Int64?
    package let email: String?
    /// First and last name joined by one space.
    package let fullName: String?

    package init(id: Int64?, email: String?, fullName: String?) {
        self.id = id
        self.email = email
        self.fullName = fullName
    }
}

/// A collaborator in the list of a project or image.
package struct CollaboratorView: Codable, Sendable {
    package let id: Int64
    /// He has accepted.
    package let active: Bool
    package let createdAt: Timestamp
    package let updatedAt: Timestamp
    package let collaborator: PersonView

    package init(id: Int64, active: Bool, createdAt: Timestamp, updatedAt: Timestamp, collaborator: PersonView) {
        self.id = id
        self.active = active
        self.createdAt = createdAt
        self.updatedAt = updatedAt
        self.collaborator = collaborator
    }
}

/// `{"collaborators": […]}`
package struct CollaboratorList: Codable, Sendable {
    package let collaborators: [CollaboratorView]

    package init(_ collaborators: [CollaboratorView]) { self.collaborators = collaborators }
}

/// Who is to be invited.
package struct CollaboratorRequest: Codable, Sendable {
    package struct Fields: Codable, Sendable { package let userEmail: String }

    package let collaborator: Fields
}

/// A collaboration of a project or of an image: the key of the other is left out.
package struct CollaborationView: SparseView, Codable, Sendable {
    /// `7-project`
    package let id: String
    /// It was accepted.
    package let active: Bool
    package let project: ReferenceView?
    package let image: ReferenceView?
    package let createdAt: Timestamp
    package let updatedAt: Timestamp

    package init(
        id: String, active: Bool, project: ReferenceView?, image: ReferenceView?, createdAt: Timestamp,
        updatedAt: Timestamp
    ) {
        self.id = id
        self.active = active
        self.project = project
        self.image = image
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }
}

/// `{"collaboration": {…}, "resource_owner": {…}, "collaborator": {…}}`
package struct CollaborationAnswer: Codable, Sendable {
    package let collaboration: CollaborationView
    package let resourceOwner: PersonView
    package let collaborator: PersonView

    package init(collaboration: CollaborationView, resourceOwner: PersonView, collaborator: PersonView) {
        self.collaboration = collaboration
        self.resourceOwner = resourceOwner
        self.collaborator = collaborator
    }
}

/// One line of what the caller was invited to.
package struct OwnCollaborationView: SparseView, Codable, Sendable {
    /// `7-project`
    package let id: String
    /// The caller has accepted.
    package let active: Bool
    package let owner: PersonView
    package let project: ReferenceView?
    package let image: ReferenceView?

    package init(id: String, active: Bool, owner: PersonView, project: ReferenceView?, image: ReferenceView?) {
        self.id = id
        self.active = active
        self.owner = owner
        self.project = project
        self.image = image
    }
}

/// What the caller was invited to. Nothing sells registries and DNS zones yet, so those lists are empty.
package struct OwnCollaborationList: Codable, Sendable {
    package let projects: [OwnCollaborationView]
    package let images: [OwnCollaborationView]
    package let registries: [OwnCollaborationView]
    package let domains: [OwnCollaborationView]

    package init(projects: [OwnCollaborationView], images: [OwnCollaborationView]) {
        self.projects = projects
        self.images = images
        registries = []
        domains = []
    }
}

/// The answer to an invitation.
package struct CollaborationChangeRequest: Codable, Sendable {
    package struct Fields: Codable, Sendable { package let active: Bool }

    package let collaboration: Fields
}

extension CollaboratorRequest.Fields: BoundedMembers {
    package static var bounds: [String: Bounds] { ["user_email": .text(3...AccountLimits.emailBytesMax)] }
}
