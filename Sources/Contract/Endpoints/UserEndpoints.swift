import Basics

/// Accounts, as their owners see and change them.
package enum UserEndpoints {
    package static let view = Endpoint<Nothing, UserAnswer>(
        .get, "/api/users", id: "user_view", "Your account", access: read)

    package static let viewByID = Endpoint<Nothing, UserAnswer>(
        .get, "/api/users/{user_id}", id: "user_view_by_id",
        "Your account by its id; administrators reach every account", access: read)

    package static let change = Endpoint<AnyJSON, Acknowledgement>(
        .patch, "/api/users", also: [.put], id: "user_change",
        "Change your account; another e-mail address counts when the link sent there is opened", access: write,
        conditional: true,
        documentedBody: Schema.of(UserChangeRequest.self), example: example)

    package static let changeByID = Endpoint<AnyJSON, Acknowledgement>(
        .patch, "/api/users/{user_id}", also: [.put], id: "user_change_by_id",
        "Change your account by its id; administrators reach every account", access: write, conditional: true,
        documentedBody: Schema.of(UserChangeRequest.self), example: example)

    package static let register = Endpoint<AnyJSON, UserCreatedAnswer>(
        .post, "/api/users", id: "user_register",
        "Register a customer; answers an API key pair, once. For administrators and applications trusted with it",
        access: .account(scopes: [.register]), success: 201, documentedBody: Schema.of(UserRegistrationRequest.self),
        example: """
            {"user": {"fname": "Ada", "lname": "Lovelace", "email": "ada@example.com"}, "provider_username": "ada", \
            "provider_server": "web1.example.com"}
            """)

    package static let signingSecret = Endpoint<Nothing, SigningSecretAnswer>(
        .get, "/api/users/signing_secret", id: "signing_secret_view",
        "What callbacks to your servers are signed with (Standard Webhooks)", access: write)

    package static let newSigningSecret = Endpoint<Nothing, SigningSecretAnswer>(
        .post, "/api/users/signing_secret", id: "signing_secret_create",
        "Make another one; the one before signs beside it for a day", access: write, success: 201)

    static let read = EndpointAccess.account(scopes: [.profileRead])
    static let write = EndpointAccess.account(scopes: [.profileWrite])
    private static let example = #"{"user": {"city": "Berlin", "merge_labels": {"crm": "C-1042"}}}"#
}
