package import Operations

/// Recovery is started by the reconciler, so its kind stands apart from what people ask for.
extension WorkflowKind {
    package static let containerRecover = WorkflowKind(
        "container.recover", eventCode: "5f1d0c7be3a9d284", title: "Recovering a container")
}

/// Brings one container back.
package struct ContainerRecoverInput: WorkloadInput {
    package static let kind = WorkflowKind.containerRecover
    package let projectID: Int64
    package let containerID: Int64
    /// What was found, as a sentence.
    package let reason: String
    /// It crashed too often: only say so.
    package let givesUp: Bool

    package init(projectID: Int64, containerID: Int64, reason: String, givesUp: Bool) {
        self.projectID = projectID
        self.containerID = containerID
        self.reason = reason
        self.givesUp = givesUp
    }
}

/// All workflows of this room, for the worker.
package enum WorkloadWorkflows {
    /// One of each, working on `site`.
    package static func all(site: Site) -> [any Workflow] {
        [
            ProvisionOrder(site: site), RebuildContainers(site: site), StartContainers(site: site),
            StopContainers(site: site), RestartContainers(site: site), RecoverContainer(site: site),
            ScaleService(site: site), TrashService(site: site), TrashProject(site: site),
        ]
    }
}
