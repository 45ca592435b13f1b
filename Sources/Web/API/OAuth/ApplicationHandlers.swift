import Basics
import Contract
import OAuth
import SQL

extension API {
    mutating func serveApplications() {
        let (database, clock) = (dependencies.database, dependencies.clock)

        serveList(ApplicationEndpoints.list) { call in
            let (found, total) = try await database.read { try Applications.list(call.page, by: call.caller, on: $0) }
            return (found.map { ApplicationView($0) }, total)
        }
        serve(ApplicationEndpoints.view) { call in
            ApplicationView(try await database.read { try Applications.view(call.id, by: call.caller, on: $0) })
        }
        serve(ApplicationEndpoints.create) { call in
            let (wanted, now) = (try ApplicationChange(call.input.value), clock.now())
            return ApplicationView(
                try await database.transaction { try Applications.create(wanted, by: call.caller, at: now, in: $0) })
        }
        serve(ApplicationEndpoints.change) { call in
            let (wanted, now) = (try ApplicationChange(call.input.value), clock.now())
            return ApplicationView(
                try await database.transaction {
                    try Applications.change(call.id, wanted, by: call.caller, at: now, in: $0)
                })
        }
        serve(ApplicationEndpoints.rotate) { call in
            let now = clock.now()
            return ApplicationView(
                try await database.transaction {
                    try Applications.rotateSecret(call.id, by: call.caller, at: now, in: $0)
                })
        }
        serve(ApplicationEndpoints.delete) { call in
            let now = clock.now()
            try await database.transaction { try Applications.delete(call.id, by: call.caller, at: now, in: $0) }
            return Nothing()
        }
        serveList(ApplicationEndpoints.allowed) { call in
            let (found, total) = try await database.read { try Consent.allowed(call.page, by: call.caller, on: $0) }
            return (found.map(AllowedApplicationView.init), total)
        }
        serve(ApplicationEndpoints.withdraw) { call in
            let now = clock.now()
            try await database.transaction {
                try Consent.withdraw(applicationID: call.id, by: call.caller, at: now, in: $0)
            }
            return Nothing()
        }
    }
}

extension ApplicationView {
    fileprivate init(_ registered: Applications.Registered) {
        self.init(registered.application, secret: registered.secret?.reveal())
    }

    fileprivate init(_ application: OAuthApplication, secret: String? = nil) {
        self.init(
            id: application.id, name: application.name, uid: application.uid, secret: secret,
            redirectURIs: application.redirectURIs, scopes: application.scopes.names,
            confidential: application.isConfidential, device: application.usesDevices,
            createdAt: Timestamp(application.createdAt), updatedAt: Timestamp(application.updatedAt),
            ownerID: application.ownerID)
    }
}

extension AllowedApplicationView {
    fileprivate init(_ allowed: AllowedApplication) {
        self.init(
            id: allowed.application.id, name: allowed.application.name,
            createdAt: Timestamp(allowed.application.createdAt), uid: allowed.application.uid,
            scopes: allowed.scopes.names, allProjects: allowed.allProjects, allowedAt: Timestamp(allowed.allowedAt))
    }
}
