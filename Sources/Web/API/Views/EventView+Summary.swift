import Basics
import Contract
import Operations
import Workloads

extension EventView {
    init(_ event: EventSummary) {
        let kind = WorkflowKind.ofWorkloads.first { $0.name == event.kind }
        self.init(
            id: event.id, locale: event.kind, status: EventStatus(event.state), stateReason: event.reason,
            eventCode: kind?.eventCode, description: kind?.title ?? event.kind,
            createdAt: Timestamp(event.createdAt), updatedAt: Timestamp(event.updatedAt),
            audit: event.cause.map(AuditView.init))
    }
}

extension EventStatus {
    /// Undoing is not in v60: something is still going on.
    init(_ state: OperationState) {
        switch state {
        case .pending: self = .pending
        case .running, .undoing: self = .running
        case .completed: self = .completed
        case .failed: self = .failed
        case .cancelled: self = .cancelled
        }
    }
}

extension EventDetailsView {
    init(_ event: EventSummary) {
        let view = EventView(event)
        let details = event.details.map {
            // Steps have no number of their own; a thousand per event keeps these apart.
            EventDetailView(
                id: (event.id &* 1000) &+ $0.position, data: $0.text, eventCode: view.eventCode,
                createdAt: Timestamp($0.startedAt), updatedAt: Timestamp($0.updatedAt))
        }
        self.init(view, details: details)
    }
}

extension AuditView {
    init(_ cause: EventSummary.Cause) {
        self.init(
            id: cause.id, event: cause.event, rawData: cause.rawJSON.map { AnyJSON(stored: $0) } ?? AnyJSON(.null),
            createdAt: Timestamp(cause.at), user: User(id: cause.userID, name: cause.userName), ipAddr: cause.address)
    }
}
