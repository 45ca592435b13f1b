/// A container on the wire.
package struct ContainerView: Codable, Sendable {
    package enum RequestedState: String, WireWord { case running, stopped }

    package enum State: String, WireWord {
        case migrating, starting, stopping, working, unhealthy, alert
        case resourceUsage = "resource_usage"
        case offline, online
    }

    package let id: Int64
    package let name: String
    package let reqState: RequestedState
    package let stats: ContainerStatsView
    package let currentState: State
    package let localIp: String?
    package let publicIp: String?
    package let createdAt: Timestamp
    package let updatedAt: Timestamp
    package let projectId: Int64
    package let containerServiceId: Int64
    package let region: ReferenceView?
    package let availabilityZone: ReferenceView?
    package let logs: [LogLineView]
    package let ingressRules: [IngressRuleView]
    package let onLatestImage: Bool
    package let links: ContainerLinksView

    package init(
        id: Int64, name: String, reqState: RequestedState, stats: ContainerStatsView, currentState: State,
        localIp: String?, publicIp: String?, createdAt: Timestamp, updatedAt: Timestamp, projectId: Int64,
        containerServiceId: Int64, region: ReferenceView?, availabilityZone: ReferenceView?, logs: [LogLineView],
        ingressRules: [IngressRuleView], onLatestImage: Bool, links: ContainerLinksView
    ) {
        self.id = id
        self.name = name
        self.reqState = reqState
        self.stats = stats
        self.currentState = currentState
        self.localIp = localIp
        self.publicIp = publicIp
        self.createdAt = createdAt
        self.updatedAt = updatedAt
        self.projectId = projectId
        self.containerServiceId = containerServiceId
        self.region = region
        self.availabilityZone = availabilityZone
        self.logs = logs
        self.ingressRules = ingressRules
        self.onLatestImage = onLatestImage
        self.links = links
    }
}

/// Percent of what a container may use.
package struct ContainerStatsView: Codable, Sendable {
    package let cpu: Double
    package let mem: Double

    package init(cpu: Double, mem: Double) {
        self.cpu = cpu
        self.mem = mem
    }
}

/// Where more about a container is.
package struct ContainerLinksView: Codable, Sendable {
    package let containerService: String
    package let logs: String
    package let project: String

    package init(url: String, container id: Int64, service: Int64, project projectID: Int64) {
        containerService = "\(url)/api/container_services/\(service)"
        logs = "\(url)/api/containers/\(id)/logs"
        project = "\(url)/api/projects/\(projectID)"
    }
}

/// `{"containers": […]}`
package struct ContainerList: Codable, Sendable {
    package let containers: [ContainerView]

    package init(_ containers: [ContainerView]) { self.containers = containers }
}

/// `{"container": {…}}`
package struct ContainerAnswer: Codable, Sendable {
    package let container: ContainerView

    package init(_ container: ContainerView) { self.container = container }
}

/// A process in a container, with the column names of `ps`.
package struct ProcessView: Codable, Sendable {
    enum CodingKeys: String, CodingKey {
        case uid = "UID"
        case pid = "PID"
        case parent = "PPID"
        case cpu = "C"
        case started = "STIME"
        case tty = "TTY"
        case time = "TIME"
        case command = "CMD"
    }

    package let uid: String
    package let pid: Int64
    package let parent: Int64
    package let cpu: Int64
    package let started: String
    package let tty: String
    package let time: String
    package let command: String

    package init(
        uid: String, pid: Int64, parent: Int64, cpu: Int64, started: String, tty: String, time: String, command: String
    ) {
        self.uid = uid
        self.pid = pid
        self.parent = parent
        self.cpu = cpu
        self.started = started
        self.tty = tty
        self.time = time
        self.command = command
    }
}

/// `[epoch.float, container, line]`; the first is RFC 3339 text when the client asks for `date_string`.
package struct LogLineView: SelfDescribing, Codable, Sendable {
    package let microseconds: Int64
    package let container: String
    package let text: String

    package init(microseconds: Int64, container: String, text: String) {
        self.microseconds = microseconds
        self.container = container
        self.text = text
    }

    package init(from decoder: any Decoder) throws {
        var items = try decoder.unkeyedContainer()
        microseconds = Int64(try items.decode(Double.self) * 1_000_000)
        container = try items.decode(String.self)
        text = try items.decode(String.self)
    }

    package func encode(to encoder: any Encoder) throws {
        var items = encoder.unkeyedContainer()
        try items.encode(Double(microseconds) / 1_000_000)
        try items.encode(container)
        try items.encode(text)
    }

    package static let schema = Schema.array(.any)
    package static let sample = LogLineView(microseconds: 1_790_000_000_000_000, container: "web-1", text: "ready")
}

/// Usage over time.
package struct UsageView: Codable, Sendable {
    package let stats: [UsagePointView]

    package init(_ stats: [UsagePointView]) { self.stats = stats }
}

/// `[time, value]`
package struct UsagePointView: SelfDescribing, Codable, Sendable {
    package let at: Timestamp
    package let value: Double

    package init(at: Timestamp, value: Double) {
        self.at = at
        self.value = value
    }

    package init(from decoder: any Decoder) throws {
        var items = try decoder.unkeyedContainer()
        at = try items.decode(Timestamp.self)
        value = try items.decode(Double.self)
    }

    package func encode(to encoder: any Encoder) throws {
        var items = encoder.unkeyedContainer()
        try items.encode(at)
        try items.encode(value)
    }

    package static let schema = Schema.array(.any)
    package static let sample = UsagePointView(at: .sample, value: 1.5)
}
