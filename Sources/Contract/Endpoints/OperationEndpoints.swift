import Basics

/// Operations: work that goes on after the answer.
package enum OperationEndpoints {
    package static let view = Endpoint<Nothing, OperationAnswer>(
        .get, "/api/operations/{operation_id}", id: "operation_view",
        "One operation with its steps; with Prefer: wait=n as soon as it has ended", access: ProjectEndpoints.read)
}
