import Basics

/// Operations: work that goes on after the answer.
package enum OperationEndpoints {
    package static let view = Endpoint<Nothing, OperationAnswer>(
        .get, "/api/operations/{operation_id}", id: "operation_view",
        "One operation with its steps; with Prefer: wait=n as soon as it has ended", access: ProjectEndpoints.read)

    package static let callbacks = Endpoint<Nothing, CallbackList>(
        .get, "/api/operations/{operation_id}/callbacks", id: "operation_callbacks",
        "Who is told of an operation's end, and every try of it", access: ProjectEndpoints.read, paging: .onRequest)

    package static let retryCallback = Endpoint<Nothing, Acknowledgement>(
        .post, "/api/operations/{operation_id}/callbacks/{callback_id}/retry", id: "operation_callback_retry",
        "Send a callback again that was given up", access: ProjectEndpoints.write, success: 202, faults: [409])
}
