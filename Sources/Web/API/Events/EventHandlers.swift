import Contract
import Workloads

extension API {
    mutating func serveEvents() {
        let database = dependencies.database

        serveList(ProjectEndpoints.events) { call in
            let (events, total) = try await EventReading.list(
                ofProject: call.id, call.page, by: call.caller, from: database)
            return (EventList(events.map(EventView.init)), total)
        }
        serveList(ServiceEndpoints.events) { call in
            let (events, total) = try await EventReading.list(
                ofService: call.id, call.page, by: call.caller, from: database)
            return (EventList(events.map(EventView.init)), total)
        }
        serve(EventEndpoints.view) { call in
            EventAnswer(EventDetailsView(try await EventReading.view(call.id, by: call.caller, from: database)))
        }
    }
}
