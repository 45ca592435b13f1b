import Basics

/// OAuth applications of an account, and those that it allows something. They are managed with a key pair over HTTP
/// Basic, or in the browser at the same addresses; tokens get 403, whatever their scopes.
package enum ApplicationEndpoints {
    package static let list = Endpoint<Nothing, [ApplicationView]>(
        .get, "/api/oauth/applications", id: "oauth_application_list",
        "Your OAuth applications, oldest first; administrators see those of nobody too (HTTP Basic only)",
        access: UserEndpoints.read, paging: .onRequest)

    package static let view = Endpoint<Nothing, ApplicationView>(
        .get, "/api/oauth/applications/{app_id}", id: "oauth_application_view",
        "One OAuth application (HTTP Basic only)", access: UserEndpoints.read)

    package static let create = Endpoint<AnyJSON, ApplicationView>(
        .post, "/api/oauth/applications", id: "oauth_application_create",
        "Register an OAuth application; its secret is in this answer only (HTTP Basic only)",
        access: UserEndpoints.write, documentedBody: Schema.of(ApplicationRequest.self), example: example)

    package static let change = Endpoint<AnyJSON, ApplicationView>(
        .patch, "/api/oauth/applications/{app_id}", also: [.put], id: "oauth_application_change",
        "Change an OAuth application; what it was given with a scope that it loses ends (HTTP Basic only)",
        access: UserEndpoints.write, documentedBody: Schema.of(ApplicationRequest.self), example: example)

    package static let delete = Endpoint<Nothing, Nothing>(
        .delete, "/api/oauth/applications/{app_id}", id: "oauth_application_delete",
        "Delete an OAuth application with all its tokens (HTTP Basic only)", access: UserEndpoints.write, success: 204)

    package static let rotate = Endpoint<Nothing, ApplicationView>(
        .post, "/api/oauth/applications/{app_id}/rotate_secret", id: "oauth_application_rotate_secret",
        "Give an OAuth application another secret; it is in this answer only (HTTP Basic only)",
        access: UserEndpoints.write, faults: [409])

    package static let allowed = Endpoint<Nothing, [AllowedApplicationView]>(
        .get, "/api/oauth/authorized_applications", id: "oauth_allowed_list",
        "Applications that you allow something (HTTP Basic only)", access: UserEndpoints.read, paging: .onRequest)

    package static let withdraw = Endpoint<Nothing, Nothing>(
        .delete, "/api/oauth/authorized_applications/{app_id}", id: "oauth_allowed_withdraw",
        "Take back all that you allowed an application; its tokens end at once (HTTP Basic only)",
        access: UserEndpoints.write, success: 204)

    private static let example = """
        {"doorkeeper_application": {"name": "Shop", "redirect_uri": "https://shop.example/callback", \
        "confidential": true, "scopes": ["profile_read", "project_read"]}}
        """
}
