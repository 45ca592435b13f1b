/// An event on the wire: what was or is being done.
package struct EventView: Codable, Sendable {
    package let id: Int64
    package let locale: String?
    package let status: EventStatus
    package let notice: Bool?
    package let stateReason: String?
    package let eventCode: String?
    package let description: String
    package let createdAt: Timestamp
    package let updatedAt: Timestamp
    package let audit: AuditView?

    package init(
        id: Int64, locale: String?, status: EventStatus, stateReason: String?, eventCode: String?,
        description: String, createdAt: Timestamp, updatedAt: Timestamp, audit: AuditView?
    ) {
        self.id = id
        self.locale = locale
        self.status = status
        notice = false
        self.stateReason = stateReason
        self.eventCode = eventCode
        self.description = description
        self.createdAt = createdAt
        self.updatedAt = updatedAt
        self.audit = audit
    }
}

package enum EventStatus: String, WireWord { case pending, running, completed, cancelled, failed }

/// An event with what was done in it.
package struct EventDetailsView: Codable, Sendable {
    package let id: Int64
    package let locale: String?
    package let status: EventStatus
    package let notice: Bool?
    package let stateReason: String?
    package let eventCode: String?
    package let description: String
    package let createdAt: Timestamp
    package let updatedAt: Timestamp
    package let audit: AuditView?
    package let eventDetails: [EventDetailView]

    package init(_ event: EventView, details: [EventDetailView]) {
        id = event.id
        locale = event.locale
        status = event.status
        notice = event.notice
        stateReason = event.stateReason
        eventCode = event.eventCode
        description = event.description
        createdAt = event.createdAt
        updatedAt = event.updatedAt
        audit = event.audit
        eventDetails = details
    }
}

/// One step of an event.
package struct EventDetailView: Codable, Sendable {
    package let id: Int64
    package let data: String?
    package let eventCode: String?
    package let createdAt: Timestamp
    package let updatedAt: Timestamp

    package init(id: Int64, data: String?, eventCode: String?, createdAt: Timestamp, updatedAt: Timestamp) {
        self.id = id
        self.data = data
        self.eventCode = eventCode
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }
}

/// Who caused an event.
package struct AuditView: Codable, Sendable {
    package struct User: Codable, Sendable {
        package let id: Int64?
        package let name: String?

        package init(id: Int64?, name: String?) {
            self.id = id
            self.name = name
        }
    }

    package let id: Int64
    package let event: String?
    package let rawData: AnyJSON
    package let createdAt: Timestamp
    package let updatedAt: Timestamp
    package let user: User
    package let ipAddr: String

    package init(id: Int64, event: String?, rawData: AnyJSON, createdAt: Timestamp, user: User, ipAddr: String) {
        self.id = id
        self.event = event
        self.rawData = rawData
        self.createdAt = createdAt
        updatedAt = createdAt
        self.user = user
        self.ipAddr = ipAddr
    }
}

/// `{"events": […]}`
package struct EventList: Codable, Sendable {
    package let events: [EventView]

    package init(_ events: [EventView]) { self.events = events }
}

/// `{"event_log": {…}}`
package struct EventAnswer: Codable, Sendable {
    package let eventLog: EventDetailsView

    package init(_ event: EventDetailsView) { eventLog = event }
}
