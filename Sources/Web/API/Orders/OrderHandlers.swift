import Basics
import Contract
import Workloads

extension API {
    mutating func serveOrders() {
        let database = dependencies.database
        let orders = Orders(database: database, vault: dependencies.vault, clock: dependencies.clock)

        serveList(OrderEndpoints.list) { call in
            let (page, caller) = (call.page, call.caller)
            let (found, total) = try await OrderReading.list(page, by: caller, from: database)
            return (OrderList(found.map(OrderSummaryView.init)), total)
        }
        serve(OrderEndpoints.view) { call in
            let order = try await OrderReading.view(call.facts.words[0], by: call.caller, from: database)
            return OrderAnswer(
                OrderView(
                    OrderSummaryView(order), orderData: JSONObject(stored: order.orderData),
                    location: order.location.map { ReferenceView(id: $0.id, name: $0.name) }))
        }
        serveWritten(OrderEndpoints.create) { [self] call in
            let dryRun = try call.facts.query.flag(QueryParameter.dryRun.name)
            let callback: CallbackRequest? = try call.input.value["callback"].flatMap { try Body.decode($0) }
            let caller = try notifying(callback, call.caller)
            let receipt = try await orders.place(call.input.value, by: caller, dryRun: dryRun)
            let view = OrderReceiptView(
                order: .init(id: receipt.orderID, loadBalancerIp: receipt.loadBalancerIP),
                plan: AnyJSON(dryRun ? receipt.plan.document : .null))
            var answer = Answer(bytes: try ViewEncoder.bytes(view), status: dryRun ? 200 : nil)
            answer.operation = receipt.operationID
            answer.location = receipt.orderID.map { "/api/orders/\($0)" }
            return answer
        }
    }
}

extension OrderSummaryView {
    fileprivate init(_ order: OrderSummary) {
        self.init(
            id: order.id, status: OrderStatus(rawValue: order.status) ?? .pending,
            createdAt: Timestamp(order.createdAt), updatedAt: Timestamp(order.updatedAt),
            project: order.project.map { ReferenceView(id: $0.id, name: $0.name) })
    }
}
