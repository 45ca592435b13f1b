import Basics

// Views whose members depend on each other: a step that is done has ended and has no reason.

extension OperationView: Exemplified {
    package static var example: OperationView {
        OperationView(
            id: 7, kind: "container.restart", description: "Restart web-1", state: .completed, reason: nil,
            isCancelRequested: false, parentId: nil, createdAt: .sample, updatedAt: .sample, finishedAt: .sample,
            steps: [
                OperationStepView(
                    name: "restart web-1", state: .done, attempt: 1, reason: nil, startedAt: .sample,
                    finishedAt: .sample)
            ])
    }
}

extension CallbackView: Exemplified {
    package static var example: CallbackView {
        CallbackView(
            id: 1, state: .delivered, origin: "https://shop.example", nextAttemptAt: nil,
            attempts: [Attempt(number: 1, at: .sample, error: nil)])
    }
}

extension EventView: Exemplified {
    package static var example: EventView {
        EventView(
            id: 11, locale: "container.restart", status: .completed, stateReason: nil, eventCode: "a1b2c3d4e5f60718",
            description: "Restart web-1", createdAt: .sample, updatedAt: .sample,
            audit: AuditView(
                id: 5, event: "updated", rawData: AnyJSON(.object(["action": .string("restart")])),
                createdAt: .sample, user: AuditView.User(id: 42, name: "Ada Lovelace"), ipAddr: "203.0.113.7"))
    }
}

extension EventDetailsView: Exemplified {
    package static var example: EventDetailsView {
        EventDetailsView(
            .example,
            details: [
                EventDetailView(
                    id: 3, data: "web-1: restarted", eventCode: "a1b2c3d4e5f60718", createdAt: .sample,
                    updatedAt: .sample)
            ])
    }
}

extension SelfAssessmentView: Exemplified {
    package static var example: SelfAssessmentView {
        SelfAssessmentView([
            Line(
                id: "password_grant", reference: "RFC 9700 §2.4",
                recommendation: "The password grant is not used.", holds: false,
                finding: "API key pairs can be exchanged for tokens.", advice: "Set BERTH_OAUTH_PASSWORD_GRANT=off.")
        ])
    }
}

extension CollaborationView: Exemplified {
    package static var example: CollaborationView {
        CollaborationView(
            id: "7-project", active: true, project: ReferenceView(id: 7, name: "Shop"), image: nil, createdAt: .sample,
            updatedAt: .sample)
    }
}

extension CollaborationAnswer: Exemplified {
    package static var example: CollaborationAnswer {
        CollaborationAnswer(collaboration: .example, resourceOwner: .owner, collaborator: .friend)
    }
}

extension OwnCollaborationList: Exemplified {
    package static var example: OwnCollaborationList {
        OwnCollaborationList(
            projects: [
                OwnCollaborationView(
                    id: "7-project", active: true, owner: .owner, project: ReferenceView(id: 7, name: "Shop"),
                    image: nil)
            ], images: [])
    }
}

extension PersonView {
    fileprivate static let owner = PersonView(id: 42, email: "ada@example.com", fullName: "Ada Lovelace")
    fileprivate static let friend = PersonView(id: 43, email: "grace@example.com", fullName: "Grace Hopper")
}

/// The document within its own example: how it begins.
package struct OpenAPIDocumentView: SelfDescribing, Codable, Sendable {
    package let openapi: String

    package static let schema = Schema.any
    package static let sample = OpenAPIDocumentView(openapi: "3.1.0")
}

extension PlanAnswer {
    /// Of a change, by what is asked for.
    static func example(for method: EndpointMethod) -> PlanAnswer {
        method == .delete
            ? PlanAnswer(
                ChangePlanView(
                    changes: ["Delete it with everything in it."], operations: ["deployment.trash"],
                    pricePerHour: DecimalText(nano: -12_500_000)))
            : PlanAnswer(
                ChangePlanView(
                    changes: ["Restart web-1."], operations: ["container.restart"], pricePerHour: DecimalText(nano: 0)))
    }
}

extension OrderReceiptView: Exemplified, PlannedView {
    package static var example: OrderReceiptView {
        OrderReceiptView(order: Order(id: ExampleValues.order, loadBalancerIp: "203.0.113.20"), plan: AnyJSON(.null))
    }

    package static var planned: OrderReceiptView {
        OrderReceiptView(
            order: Order(id: nil, loadBalancerIp: nil),
            plan: AnyJSON(
                .object([
                    "price_per_hour": .string(DecimalText(nano: 12_500_000).text), "currency": .string("USD"),
                    "location_id": .int(1), "region_id": .int(1),
                    "project": .object(["id": .null, "name": .string("Shop"), "skip_ssh": .bool(false)]),
                    "services": .array([]), "operations": .array([.string("order.provision")]),
                    "changes": .array([.string("Create the project \"Shop\" in the zone east-1.")]),
                ])))
    }
}
