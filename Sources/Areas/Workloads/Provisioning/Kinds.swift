package import Operations

/// The kinds of durable work that workloads start, with their inputs.
///
/// An input names rows by id and nothing else: what to build is read from the rows when a step runs, so a change made
/// while the operation waited is not lost. Kinds and field names are stored; a change needs a reader for the old form.

/// What an input that belongs to one kind of operation has: that kind.
package protocol WorkloadInput: Codable, Hashable, Sendable {
    static var kind: WorkflowKind { get }
}

/// The v60 names and event codes of what workloads do.
extension WorkflowKind {
    package static let orderProvision = WorkflowKind(
        "order.provision", eventCode: "0a3af01a3384fa10", title: "Provisioning an order", failureLasts: true)
    package static let containerBuild = WorkflowKind(
        "container.build", eventCode: "3b6c028e41b0875b", title: "Building containers")
    package static let containerRebuild = WorkflowKind(
        "container.rebuild", eventCode: "14bbe1dc184afba0", title: "Rebuilding containers")
    package static let containerStart = WorkflowKind(
        "container.start", eventCode: "f59498e7717c7106", title: "Starting containers")
    package static let containerStop = WorkflowKind(
        "container.stop", eventCode: "0b264bd661e2d449", title: "Stopping containers")
    package static let containerRestart = WorkflowKind(
        "container.restart", eventCode: "d611b2bbf50bd48c", title: "Restarting containers")
    package static let serviceScaling = WorkflowKind(
        "service.scaling", eventCode: "c2dcdabd7101caa5", title: "Scaling a service")
    package static let serviceTrash = WorkflowKind(
        "service.trash", eventCode: "859369ca114615bb", title: "Deleting a service")
    package static let projectTrash = WorkflowKind(
        "deployment.trash", eventCode: "20cd984da4da8963", title: "Deleting a project")

    /// Every kind of this area, for those who look one up by its stored name.
    package static let ofWorkloads: [WorkflowKind] = [
        .orderProvision, .containerBuild, .containerRebuild, .containerStart, .containerStop, .containerRestart,
        .serviceScaling, .serviceTrash, .projectTrash,
    ]
}

/// Makes the rows of an order real: network, volumes, containers in order of their dependencies, ingress.
/// At the end the order is `completed` or `failed`.
package struct OrderProvisionInput: WorkloadInput {
    package static let kind = WorkflowKind.orderProvision
    package let orderID: String
    package let projectID: Int64
    /// The containers this order created, dependencies first. Each has one instance row of generation 1, state
    /// `building`, with its address.
    package let containerIDs: [Int64]

    package init(orderID: String, projectID: Int64, containerIDs: [Int64]) {
        self.orderID = orderID
        self.projectID = projectID
        self.containerIDs = containerIDs
    }
}

/// Which containers of one service to rebuild, start, stop or restart. What they should be afterwards is in the rows
/// already; a rebuild claims the new addresses itself (``Addresses``).
package struct ContainersInput: Codable, Hashable, Sendable {
    package let projectID: Int64
    package let serviceID: Int64
    /// In order of their ordinals.
    package let containerIDs: [Int64]

    package init(projectID: Int64, serviceID: Int64, containerIDs: [Int64]) {
        self.projectID = projectID
        self.serviceID = serviceID
        self.containerIDs = containerIDs
    }
}

/// Makes a changed number of containers real. At most one of the lists has members.
package struct ServiceScalingInput: WorkloadInput {
    package static let kind = WorkflowKind.serviceScaling
    package let projectID: Int64
    package let serviceID: Int64
    /// New containers, each with one instance row of generation 1, state `building`.
    package let addedIDs: [Int64]
    /// Containers whose desired state is `removed`; ``Teardown/removeContainer(_:in:)`` is their record step.
    package let removedIDs: [Int64]

    package init(projectID: Int64, serviceID: Int64, addedIDs: [Int64], removedIDs: [Int64]) {
        self.projectID = projectID
        self.serviceID = serviceID
        self.addedIDs = addedIDs
        self.removedIDs = removedIDs
    }
}

/// Removes a service whose state is `deleting`; ``Teardown/removeService(_:in:)`` is the record step.
package struct ServiceTrashInput: WorkloadInput {
    package static let kind = WorkflowKind.serviceTrash
    package let projectID: Int64
    package let serviceID: Int64

    package init(projectID: Int64, serviceID: Int64) {
        self.projectID = projectID
        self.serviceID = serviceID
    }
}

/// Removes a project whose state is `deleting`; ``Teardown/removeProject(_:in:)`` is the record step.
package struct ProjectTrashInput: WorkloadInput {
    package static let kind = WorkflowKind.projectTrash
    package let projectID: Int64

    package init(projectID: Int64) {
        self.projectID = projectID
    }
}
