import Basics

/// Named API keys of an account. They are managed with a key pair over HTTP Basic; tokens get 403, whatever their
/// scopes.
package enum APIKeyEndpoints {
    package static let list = Endpoint<Nothing, APIKeyList>(
        .get, "/api/users/api_keys", id: "api_key_list", "Your named API keys, newest first (HTTP Basic only)",
        access: UserEndpoints.read, paging: .onRequest)

    package static let view = Endpoint<Nothing, APIKeyAnswer>(
        .get, "/api/users/api_keys/{api_key_id}", id: "api_key_view", "One named API key (HTTP Basic only)",
        access: UserEndpoints.read)

    package static let create = Endpoint<AnyJSON, APIKeyCreatedAnswer>(
        .post, "/api/users/api_keys", id: "api_key_create",
        "Make a named API key; its secret is in this answer only (HTTP Basic only)", access: UserEndpoints.write,
        success: 201, documentedBody: Schema.of(APIKeyRequest.self),
        example: """
            {"api_key": {"name": "Deployment", "scopes": ["project_read", "project_write"], \
            "addresses": ["203.0.113.0/24"], "expires_at": "2031-12-31T00:00:00.000Z"}}
            """)

    package static let delete = Endpoint<Nothing, Acknowledgement>(
        .delete, "/api/users/api_keys/{api_key_id}", id: "api_key_delete",
        "End a named API key at once (HTTP Basic only)", access: UserEndpoints.write, success: 202)
}
