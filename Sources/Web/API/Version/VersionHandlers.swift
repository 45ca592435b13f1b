import Basics
import Contract

extension API {
    mutating func serveVersion() {
        let view = VersionView(
            version: dependencies.release, apiLatestVersion: String(Contract.versions.last ?? Contract.versionDefault),
            apiAvailableVersions: Contract.versions)
        serve(VersionEndpoints.view) { _ in view }
        serve(VersionEndpoints.viewAtRoot) { _ in view }
        let document = Array(OpenAPI.document().utf8)
        serveWritten(VersionEndpoints.document) { _ in Answer(bytes: document) }
    }
}
