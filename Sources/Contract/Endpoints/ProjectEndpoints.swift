import Basics

/// Projects: what a customer's services live in.
package enum ProjectEndpoints {
    package static let list = Endpoint<Nothing, ProjectList>(
        .get, "/api/projects", id: "project_list", "Your projects by name", access: read, paging: .always)

    package static let view = Endpoint<Nothing, ProjectAnswer>(
        .get, "/api/projects/{project_id}", id: "project_view", "One project", access: read)

    package static let change = Endpoint<ProjectChangeRequest, ProjectAnswer>(
        .patch, "/api/projects/{project_id}", also: [.put], id: "project_change", "Rename a project", access: write,
        conditional: true, example: #"{"project": {"name": "Shop"}}"#)

    package static let delete = Endpoint<StartRequest, Acknowledgement>(
        .delete, "/api/projects/{project_id}", id: "project_delete",
        "Delete a project and everything in it (goes on after the answer)", access: write, success: 202,
        planned: true, faults: [409])

    package static let services = Endpoint<Nothing, ServiceList>(
        .get, "/api/projects/{project_id}/services", id: "project_services",
        "Services of a project by label, load balancers left out", access: read, paging: .always)

    package static let containers = Endpoint<Nothing, ContainerList>(
        .get, "/api/projects/{project_id}/containers", id: "project_containers", "Containers of a project by name",
        access: read, paging: .always)

    package static let events = Endpoint<Nothing, EventList>(
        .get, "/api/projects/{project_id}/events", id: "project_events", "Events of a project, newest first",
        access: read, paging: .always)

    static let read = EndpointAccess.account(scopes: [.projectRead])
    static let write = EndpointAccess.account(scopes: [.projectWrite])
}
