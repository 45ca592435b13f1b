import Basics
import Contract
import Workloads

extension API {
    mutating func serveProjects() {
        let database = dependencies.database
        let clock = dependencies.clock
        let url = dependencies.publicURL

        serveWritten(ProjectEndpoints.list) { call in
            let (projects, total) = try await ProjectReading.list(call.page, by: call.caller, from: database)
            return Answer(body: ProjectJSON.list(projects, url: url), total: total)
        }
        serveWritten(ProjectEndpoints.view) { call in
            let project = try await ProjectReading.view(call.id, by: call.caller, from: database)
            return Answer(body: ProjectJSON.one(project, url: url))
        }
        serveWritten(ProjectEndpoints.change) { call in
            let name = call.input.project.name
            let unchanged = call.unchanged { try ProjectJSON.one(ProjectReading.view($0, by: $1, on: $2), url: url) }
            let project = try await ProjectRenaming.rename(
                call.id, to: name, provided: unchanged, by: call.caller, at: clock.now(), in: database)
            return Answer(body: ProjectJSON.one(project, url: url))
        }
        serveChange(ProjectEndpoints.delete) { call, caller, dryRun in
            try await ProjectRemoval.delete(
                project: call.id, by: caller, dryRun: dryRun, at: clock.now(), in: database)
        }
    }
}
