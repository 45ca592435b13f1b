import Basics

/// Orders: how projects and services come to be.
package enum OrderEndpoints {
    package static let list = Endpoint<Nothing, OrderList>(
        .get, "/api/orders", id: "order_list", "Your orders, newest first",
        access: .account(scopes: [.orderRead]), paging: .always)

    package static let view = Endpoint<Nothing, OrderAnswer>(
        .get, "/api/orders/{order_id}", id: "order_view", "One order", access: .account(scopes: [.orderRead]))

    package static let create = Endpoint<AnyJSON, OrderReceiptView>(
        .post, "/api/orders", id: "order_create", "Order containers (built after the answer)",
        access: .account(scopes: [.orderWrite]), success: 201,
        planned: true, faults: [409], documentedBody: Schema.of(OrderRequestBody.self),
        example: #"{"order": {"project_name": "Shop", "containers": [{"image_id": 1, "product_id": 1}]}}"#)
}
