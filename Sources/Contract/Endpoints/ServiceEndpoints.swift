import Basics

/// Services: what runs in a project.
package enum ServiceEndpoints {
    package static let list = Endpoint<Nothing, ServiceList>(
        .get, "/api/container_services", id: "service_list", "Your services in the order they were made",
        access: ProjectEndpoints.read, paging: .always)

    package static let view = Endpoint<Nothing, ServiceAnswer>(
        .get, "/api/container_services/{service_id}", id: "service_view", "One service with its image",
        access: ProjectEndpoints.read)

    package static let delete = Endpoint<StartRequest, Acknowledgement>(
        .delete, "/api/container_services/{service_id}", id: "service_delete",
        "Delete a service (goes on after the answer)", access: ProjectEndpoints.write, success: 202, planned: true,
        faults: [409])

    package static let containers = Endpoint<Nothing, ContainerList>(
        .get, "/api/container_services/{service_id}/containers", id: "service_containers",
        "Containers of a service by name", access: ProjectEndpoints.read, paging: .onRequest)

    package static let events = Endpoint<Nothing, EventList>(
        .get, "/api/container_services/{service_id}/events", id: "service_events",
        "Events of a service, newest first", access: ProjectEndpoints.read, paging: .onRequest)

    package static let ingressRules = Endpoint<Nothing, IngressRuleList>(
        .get, "/api/container_services/{service_id}/ingress_rules", id: "service_ingress_rules",
        "Ports of a service and how they are reached", access: ProjectEndpoints.read, paging: .onRequest)

    package static let logs = Endpoint<Nothing, [LogLineView]>(
        .get, "/api/container_services/{service_id}/logs", id: "service_logs", "Log lines of a service, newest first",
        access: ProjectEndpoints.read, query: LogParameters.all)

    package static let power = Endpoint<StartRequest, Acknowledgement>(
        .put, "/api/container_services/{service_id}/power/{action}", also: [.post, .patch], id: "service_power",
        "Start, stop, restart or rebuild all containers of a service (goes on after the answer)",
        access: ProjectEndpoints.write, success: 202, planned: true, faults: [409])
}

/// How log lines are chosen.
enum LogParameters {
    static let all = [
        QueryParameter("limit", .integer, "How many lines, 1 to 5000; 500 when not given."),
        QueryParameter("period_start", .integer, "Seconds since 1970; a day ago when not given."),
        QueryParameter("period_end", .integer, "Seconds since 1970; now when not given."),
    ]
}
