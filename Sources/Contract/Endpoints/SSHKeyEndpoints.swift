import Basics

/// SSH keys of an account.
package enum SSHKeyEndpoints {
    package static let list = Endpoint<Nothing, SSHKeyList>(
        .get, "/api/users/ssh_keys", id: "ssh_key_list", "Your SSH keys, oldest first", access: UserEndpoints.read,
        paging: .onRequest)

    package static let view = Endpoint<Nothing, SSHKeyAnswer>(
        .get, "/api/users/ssh_keys/{ssh_key_id}", id: "ssh_key_view", "One SSH key", access: UserEndpoints.read)

    package static let create = Endpoint<SSHKeyBody, SSHKeyAnswer>(
        .post, "/api/users/ssh_keys", id: "ssh_key_create", "Add an SSH key", access: UserEndpoints.write,
        success: 201, documentedBody: Schema.of(SSHKeyRequest.self),
        example: """
            {"user_ssh_key": {"pubkey": "ssh-ed25519 \
            AAAAC3NzaC1lZDI1NTE5AAAAING9zAL63zm44O6CZmqhGg9xX8ck1sltoIgo9sQowOyv ada@laptop"}}
            """)

    package static let delete = Endpoint<Nothing, Nothing>(
        .delete, "/api/users/ssh_keys/{ssh_key_id}", id: "ssh_key_delete", "Remove an SSH key",
        access: UserEndpoints.write, success: 202)
}
