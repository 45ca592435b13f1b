import Basics
import Contract
import Identity
import Workloads

extension API {
    mutating func serveCollaborators() {
        serveCollaborators(
            of: .project, list: CollaboratorEndpoints.projectList, view: CollaboratorEndpoints.projectView,
            invite: CollaboratorEndpoints.projectInvite, remove: CollaboratorEndpoints.projectRemove)
        serveCollaborators(
            of: .image, list: CollaboratorEndpoints.imageList, view: CollaboratorEndpoints.imageView,
            invite: CollaboratorEndpoints.imageInvite, remove: CollaboratorEndpoints.imageRemove)
        serveCollaborations()
    }

    private mutating func serveCollaborators(
        of kind: SharedKind, list: Endpoint<Nothing, CollaboratorList>, view: Endpoint<Nothing, CollaborationAnswer>,
        invite: Endpoint<CollaboratorRequest, CollaborationAnswer>, remove: Endpoint<Nothing, Nothing>
    ) {
        let (database, clock) = (dependencies.database, dependencies.clock)
        let mail = MailQueue(vault: dependencies.vault, publicURL: dependencies.publicURL)
        serveList(list) { call in
            let (found, total) = try await Collaborators.list(kind, call.id, call.page, by: call.caller, from: database)
            return (CollaboratorList(found.map(CollaboratorView.init)), total)
        }
        serve(view) { call in
            CollaborationAnswer(
                try await Collaborators.view(call.facts.ids[1], of: kind, call.id, by: call.caller, from: database))
        }
        serve(invite) { call in
            CollaborationAnswer(
                try await Collaborators.invite(
                    call.input.collaborator.userEmail, to: kind, call.id, by: call.caller, mail: mail,
                    at: clock.now(), in: database))
        }
        serve(remove) { call in
            try await Collaborators.remove(
                call.facts.ids[1], from: kind, call.id, by: call.caller, at: clock.now(), in: database)
            return Nothing()
        }
    }

    private mutating func serveCollaborations() {
        let (database, clock) = (dependencies.database, dependencies.clock)
        serve(CollaboratorEndpoints.list) { call in
            let found = try await Collaborations.list(by: call.caller, from: database)
            return OwnCollaborationList(
                projects: found.filter { $0.kind == .project }.map(OwnCollaborationView.init),
                images: found.filter { $0.kind == .image }.map(OwnCollaborationView.init))
        }
        serve(CollaboratorEndpoints.view) { call in
            CollaborationAnswer(try await Collaborations.view(call.facts.words[0], by: call.caller, from: database))
        }
        serve(CollaboratorEndpoints.change) { call in
            CollaborationAnswer(
                try await Collaborations.respond(
                    call.facts.words[0], active: call.input.collaboration.active, by: call.caller, at: clock.now(),
                    in: database))
        }
        serve(CollaboratorEndpoints.leave) { call in
            try await Collaborations.leave(call.facts.words[0], by: call.caller, at: clock.now(), in: database)
            return Nothing()
        }
    }
}

extension PersonView {
    fileprivate init(_ person: Collaboration.Person) {
        self.init(id: person.id, email: person.email, fullName: person.fullName)
    }
}

extension Collaboration {
    /// The thing under the key of its kind.
    fileprivate func reference(_ kind: SharedKind) -> ReferenceView? {
        self.kind == kind ? ReferenceView(id: thing.id, name: thing.name) : nil
    }
}

extension CollaboratorView {
    fileprivate init(_ found: Collaboration) {
        self.init(
            id: found.id, active: found.active, createdAt: Timestamp(found.createdAt),
            updatedAt: Timestamp(found.updatedAt), collaborator: PersonView(found.person))
    }
}

extension CollaborationAnswer {
    fileprivate init(_ found: Collaboration) {
        self.init(
            collaboration: CollaborationView(
                id: found.name, active: found.active, project: found.reference(.project),
                image: found.reference(.image), createdAt: Timestamp(found.createdAt),
                updatedAt: Timestamp(found.updatedAt)),
            resourceOwner: PersonView(found.owner), collaborator: PersonView(found.person))
    }
}

extension OwnCollaborationView {
    fileprivate init(_ found: Collaboration) {
        self.init(
            id: found.name, active: found.active, owner: PersonView(found.owner), project: found.reference(.project),
            image: found.reference(.image))
    }
}
