import Basics

/// An order in a list.
package struct OrderSummaryView: Codable, Sendable {
    package let id: String
    package let status: OrderStatus
    package let createdAt: Timestamp
    package let updatedAt: Timestamp
    package let project: ReferenceView?

    package init(
        id: String, status: OrderStatus, createdAt: Timestamp, updatedAt: Timestamp, project: ReferenceView?
    ) {
        self.id = id
        self.status = status
        self.createdAt = createdAt
        self.updatedAt = updatedAt
        self.project = project
    }
}

package enum OrderStatus: String, WireWord {
    case open, pending
    case awaitingPayment = "awaiting_payment"
    case processing, cancelled, completed, failed
}

/// One order with what was asked for.
package struct OrderView: Codable, Sendable {
    package let id: String
    package let status: OrderStatus
    package let createdAt: Timestamp
    package let updatedAt: Timestamp
    package let project: ReferenceView?
    package let orderData: JSONObject
    package let location: ReferenceView?

    package init(_ summary: OrderSummaryView, orderData: JSONObject, location: ReferenceView?) {
        id = summary.id
        status = summary.status
        createdAt = summary.createdAt
        updatedAt = summary.updatedAt
        project = summary.project
        self.orderData = orderData
        self.location = location
    }
}

/// `{"orders": […]}`
package struct OrderList: Codable, Sendable {
    package let orders: [OrderSummaryView]

    package init(_ orders: [OrderSummaryView]) { self.orders = orders }
}

/// `{"order": {…}}`
package struct OrderAnswer: Codable, Sendable {
    package let order: OrderView

    package init(_ order: OrderView) { self.order = order }
}

/// What an order answers: its id, or with `dry_run` the plan.
package struct OrderReceiptView: Codable, Sendable {
    package struct Order: Codable, Sendable {
        /// Null for a dry run.
        package let id: String?
        package let redirectUrl: String?
        package let loadBalancerIp: String?

        package init(id: String?, loadBalancerIp: String?) {
            self.id = id
            redirectUrl = nil
            self.loadBalancerIp = loadBalancerIp
        }
    }

    package let order: Order
    /// What will happen, and what it costs; null when it happened.
    package let plan: AnyJSON

    package init(order: Order, plan: AnyJSON) {
        self.order = order
        self.plan = plan
    }
}

/// The usual form of an order. Others are taken too; see the description.
package struct OrderRequestBody: Codable, Sendable {
    package struct Order: Codable, Sendable {
        package let projectName: String?
        package let projectId: Int64?
        package let skipSsh: Bool?
        package let locationId: Int64?
        package let containers: [Container]
    }

    package struct Container: Codable, Sendable {
        package let imageVariantId: Int64?
        package let imageId: Int64?
        package let containerImageId: Int64?
        package let name: String?
        package let qty: Int64?
        package let productId: Int64?
        package let packageId: Int64?
        package let resources: Resources?
        package let params: [Param]?
        package let domains: [String]?
        package let volumes: [AnyJSON]?
    }

    package struct Resources: Codable, Sendable {
        package let productId: Int64?
        package let packageId: Int64?
    }

    package struct Param: Codable, Sendable {
        package let key: String
        package let value: String
    }

    package let order: Order
}

extension OrderRequestBody.Order: BoundedMembers {
    package static var bounds: [String: Bounds] {
        [
            "project_name": .text(0...OrderLimits.nameLengthMax), "project_id": .id, "location_id": .id,
            "containers": .list(1...OrderLimits.servicesPerOrderMax),
        ]
    }
}

extension OrderRequestBody.Container: BoundedMembers {
    package static var bounds: [String: Bounds] {
        [
            "image_variant_id": .id, "image_id": .id, "container_image_id": .id, "product_id": .id, "package_id": .id,
            "name": .text(0...OrderLimits.nameLengthMax), "qty": .number(1...OrderLimits.containersPerServiceMax),
            "params": .list(0...OrderLimits.paramsPerServiceMax),
            "domains": .list(0...OrderLimits.domainsPerServiceMax, of: .text(1...OrderLimits.domainLengthMax)),
            "volumes": .list(0...OrderLimits.volumesPerServiceMax),
        ]
    }
}

extension OrderRequestBody.Resources: BoundedMembers {
    package static var bounds: [String: Bounds] { ["product_id": .id, "package_id": .id] }
}

extension OrderRequestBody.Param: BoundedMembers {
    package static var bounds: [String: Bounds] {
        ["key": .text(1...Int.max), "value": .text(0...OrderLimits.paramValueBytesMax)]
    }
}
