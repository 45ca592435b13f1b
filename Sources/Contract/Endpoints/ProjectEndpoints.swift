/// Projects: what a customer's services live in.
package enum ProjectEndpoints {
    package static let list = Endpoint<Nothing, ProjectList>(
        .get, "/api/projects", id: "project_list", "Your projects by name", access: read, paging: .always)

    package static let view = Endpoint<Nothing, ProjectAnswer>(
        .get, "/api/projects/{project_id}", id: "project_view", "One project", access: read)

    package static let change = Endpoint<ProjectChangeRequest, ProjectAnswer>(
        .patch, "/api/projects/{project_id}", also: [.put], id: "project_change", "Rename a project", access: write,
        example: #"{"project": {"name": "Shop"}}"#)

    static let read = EndpointAccess.account(scopes: ["project_read"])
    static let write = EndpointAccess.account(scopes: ["project_write"])
}
