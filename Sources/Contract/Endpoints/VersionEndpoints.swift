import Basics

/// What the installation is.
package enum VersionEndpoints {
    package static let view = Endpoint<Nothing, VersionView>(
        .get, "/api/version", id: "version_view", "Release and API versions", access: .account(scopes: [.public]))

    package static let viewAtRoot = Endpoint<Nothing, VersionView>(
        .get, "/version", id: "version_view_at_root", "Release and API versions", access: .account(scopes: [.public]))

    package static let document = Endpoint<Nothing, OpenAPIDocumentView>(
        .get, "/api/openapi.json", id: "openapi_view", "This document", access: .anonymous)
}
