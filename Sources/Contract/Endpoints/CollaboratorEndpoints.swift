import Basics

/// Collaborators of projects and images, and the invitations of an account.
package enum CollaboratorEndpoints {
    package static let projectList = Endpoint<Nothing, CollaboratorList>(
        .get, "/api/projects/{project_id}/collaborators", id: "project_collaborator_list",
        "Who works in a project, and who was invited to", access: ProjectEndpoints.read, paging: .onRequest)
    package static let projectView = Endpoint<Nothing, CollaborationAnswer>(
        .get, "/api/projects/{project_id}/collaborators/{collaborator_id}", id: "project_collaborator_view",
        "One collaborator of a project", access: ProjectEndpoints.read)
    package static let projectInvite = Endpoint<CollaboratorRequest, CollaborationAnswer>(
        .post, "/api/projects/{project_id}/collaborators", id: "project_collaborator_create",
        "Invite somebody to a project by e-mail address", access: ProjectEndpoints.write, success: 201,
        faults: [409], example: #"{"collaborator": {"user_email": "ada@example.com"}}"#)
    package static let projectRemove = Endpoint<Nothing, Nothing>(
        .delete, "/api/projects/{project_id}/collaborators/{collaborator_id}", id: "project_collaborator_delete",
        "Put a collaborator out, or take an invitation back", access: ProjectEndpoints.write, success: 202)

    package static let imageList = Endpoint<Nothing, CollaboratorList>(
        .get, "/api/container_images/{image_id}/collaborators", id: "image_collaborator_list",
        "Who works with an image, and who was invited to", access: imageRead, paging: .onRequest, faults: [409])
    package static let imageView = Endpoint<Nothing, CollaborationAnswer>(
        .get, "/api/container_images/{image_id}/collaborators/{collaborator_id}", id: "image_collaborator_view",
        "One collaborator of an image", access: imageRead, faults: [409])
    package static let imageInvite = Endpoint<CollaboratorRequest, CollaborationAnswer>(
        .post, "/api/container_images/{image_id}/collaborators", id: "image_collaborator_create",
        "Invite somebody to an image by e-mail address", access: imageWrite, success: 201, faults: [409],
        example: #"{"collaborator": {"user_email": "ada@example.com"}}"#)
    package static let imageRemove = Endpoint<Nothing, Nothing>(
        .delete, "/api/container_images/{image_id}/collaborators/{collaborator_id}", id: "image_collaborator_delete",
        "Put a collaborator out, or take an invitation back", access: imageWrite, success: 202)

    package static let list = Endpoint<Nothing, OwnCollaborationList>(
        .get, "/api/collaborations", id: "collaboration_list", "What you were invited to, and what you work with",
        access: UserEndpoints.read)
    package static let view = Endpoint<Nothing, CollaborationAnswer>(
        .get, "/api/collaborations/{collaboration_id}", id: "collaboration_view", "One invitation, such as 7-project",
        access: UserEndpoints.read)
    package static let change = Endpoint<CollaborationChangeRequest, CollaborationAnswer>(
        .patch, "/api/collaborations/{collaboration_id}", also: [.put], id: "collaboration_change",
        "Accept an invitation, or step back", access: UserEndpoints.write, success: 202,
        example: #"{"collaboration": {"active": true}}"#)
    package static let leave = Endpoint<Nothing, Nothing>(
        .delete, "/api/collaborations/{collaboration_id}", id: "collaboration_delete",
        "Decline an invitation, or leave",
        access: UserEndpoints.write, success: 202)

    private static let imageRead = EndpointAccess.account(scopes: [.imagesRead])
    private static let imageWrite = EndpointAccess.account(scopes: [.imagesWrite])
}
