/// The HTTP API as values.
package enum Contract {
    /// Every endpoint there is, by path. A route that is not here does not exist.
    package static let all: [EndpointDescription] = [
        VersionEndpoints.view.about,
        VersionEndpoints.viewAtRoot.about,
        VersionEndpoints.document.about,
        ProjectEndpoints.list.about,
        ProjectEndpoints.view.about,
        ProjectEndpoints.change.about,
    ]

    /// API versions that are accepted, oldest first. 60 is the v60 wire contract.
    package static let versions = [60]
    /// What a client gets that does not say.
    package static let versionDefault = 60
}
