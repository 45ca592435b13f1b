import Basics
import Contract
import NIOCore

extension API {
    mutating func serveVersion() throws {
        let view = VersionView(
            version: dependencies.release, apiLatestVersion: String(Contract.versions.last ?? Contract.versionDefault),
            apiAvailableVersions: Contract.versions)
        // What never changes is written once.
        let written = ByteBuffer(bytes: try ViewEncoder.bytes(view))
        serveWritten(VersionEndpoints.view) { _ in Answer(body: written) }
        serveWritten(VersionEndpoints.viewAtRoot) { _ in Answer(body: written) }
        let document = ByteBuffer(string: OpenAPI.document())
        serveWritten(VersionEndpoints.document) { _ in Answer(body: document) }
    }
}
