/// The HTTP API as values.
package enum Contract {
    /// Every endpoint there is. A route that is not here does not exist.
    package static let all: [EndpointDescription] =
        [VersionEndpoints.view.about, VersionEndpoints.viewAtRoot.about, VersionEndpoints.document.about]
        + oauth + users + orders + projects + services + containers + catalogue + operations + collaborators

    private static let oauth = [
        OAuthEndpoints.token.about, OAuthEndpoints.device.about, OAuthEndpoints.revoke.about,
        OAuthEndpoints.introspect.about,
        OAuthEndpoints.info.about, OAuthEndpoints.metadata.about, OAuthEndpoints.resource.about,
        ApplicationEndpoints.list.about, ApplicationEndpoints.view.about, ApplicationEndpoints.create.about,
        ApplicationEndpoints.change.about, ApplicationEndpoints.delete.about, ApplicationEndpoints.rotate.about,
        ApplicationEndpoints.allowed.about, ApplicationEndpoints.withdraw.about, OAuthEndpoints.assessment.about,
    ]

    private static let users = [
        UserEndpoints.view.about, UserEndpoints.viewByID.about, UserEndpoints.change.about,
        UserEndpoints.changeByID.about, UserEndpoints.register.about, UserEndpoints.signingSecret.about,
        UserEndpoints.newSigningSecret.about, SSHKeyEndpoints.list.about,
        SSHKeyEndpoints.view.about,
        SSHKeyEndpoints.create.about, SSHKeyEndpoints.delete.about, APIKeyEndpoints.list.about,
        APIKeyEndpoints.view.about, APIKeyEndpoints.create.about, APIKeyEndpoints.delete.about,
    ]

    private static let orders = [
        OrderEndpoints.list.about, OrderEndpoints.view.about, OrderEndpoints.create.about,
    ]

    private static let projects = [
        ProjectEndpoints.list.about, ProjectEndpoints.view.about, ProjectEndpoints.change.about,
        ProjectEndpoints.delete.about, ProjectEndpoints.services.about, ProjectEndpoints.containers.about,
        ProjectEndpoints.events.about,
    ]

    private static let services = [
        ServiceEndpoints.list.about, ServiceEndpoints.view.about, ServiceEndpoints.delete.about,
        ServiceEndpoints.containers.about, ServiceEndpoints.events.about, ServiceEndpoints.ingressRules.about,
        ServiceEndpoints.logs.about, ServiceEndpoints.power.about,
    ]

    private static let containers = [
        ContainerEndpoints.view.about, ContainerEndpoints.power.about, ContainerEndpoints.logs.about,
        ContainerEndpoints.processes.about, ContainerEndpoints.cpu.about, ContainerEndpoints.memory.about,
        EventEndpoints.view.about,
    ]

    private static let collaborators = [
        CollaboratorEndpoints.projectList.about, CollaboratorEndpoints.projectView.about,
        CollaboratorEndpoints.projectInvite.about, CollaboratorEndpoints.projectRemove.about,
        CollaboratorEndpoints.imageList.about, CollaboratorEndpoints.imageView.about,
        CollaboratorEndpoints.imageInvite.about, CollaboratorEndpoints.imageRemove.about,
        CollaboratorEndpoints.list.about, CollaboratorEndpoints.view.about, CollaboratorEndpoints.change.about,
        CollaboratorEndpoints.leave.about,
    ]

    private static let operations = [
        OperationEndpoints.view.about, OperationEndpoints.callbacks.about, OperationEndpoints.retryCallback.about,
    ]

    private static let catalogue = [
        CatalogueEndpoints.images.about, CatalogueEndpoints.image.about, CatalogueEndpoints.products.about,
        CatalogueEndpoints.locations.about,
    ]

    /// API versions that are accepted, oldest first. 60 is the v60 wire contract.
    package static let versions = [60]
    /// What a client gets that does not say.
    package static let versionDefault = 60
}
