import Basics

/// Containers: the running copies of a service.
package enum ContainerEndpoints {
    package static let view = Endpoint<Nothing, ContainerAnswer>(
        .get, "/api/containers/{container_id}", id: "container_view", "One container",
        access: ProjectEndpoints.read,
        query: [
            QueryParameter("include", ContainerIncludeWord.schema, "logs: with the newest log lines.")
        ] + LogParameters.all)

    package static let power = Endpoint<StartRequest, Acknowledgement>(
        .put, "/api/containers/{container_id}/power/{action}", also: [.post, .patch], id: "container_power",
        "Start, stop, restart or rebuild a container (goes on after the answer)", access: ProjectEndpoints.write,
        success: 202, planned: true, faults: [409])

    package static let logs = Endpoint<Nothing, [LogLineView]>(
        .get, "/api/containers/{container_id}/logs", id: "container_logs", "Log lines of a container, newest first",
        access: ProjectEndpoints.read, query: LogParameters.all)

    package static let processes = Endpoint<Nothing, [ProcessView]>(
        .get, "/api/containers/{container_id}/container_processes", id: "container_processes",
        "What runs inside a container", access: ProjectEndpoints.read, faults: [409])

    package static let cpu = Endpoint<Nothing, UsageView>(
        .get, "/api/containers/{container_id}/metrics/cpu", id: "container_metrics_cpu",
        "Percent of processor time, the last three hours in steps of 30 s", access: ProjectEndpoints.read)

    package static let memory = Endpoint<Nothing, UsageView>(
        .get, "/api/containers/{container_id}/metrics/memory", id: "container_metrics_memory",
        "MB of memory, the last three hours in steps of 30 s", access: ProjectEndpoints.read)
}

/// What a container is shown with.
package enum ContainerIncludeWord: String, WireWord { case logs }
