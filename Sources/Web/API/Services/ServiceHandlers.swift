import Basics
import Catalogue
import Contract
import Workloads

extension API {
    mutating func serveServices() {
        let (database, clock, url) = (dependencies.database, dependencies.clock, dependencies.publicURL)

        serveList(ServiceEndpoints.list) { call in
            let (services, total) = try await ServiceReading.list(call.page, by: call.caller, from: database)
            return (ServiceList(services.map { ServiceView($0, url: url) }), total)
        }
        serveList(ProjectEndpoints.services) { call in
            let (services, total) = try await ServiceReading.list(
                ofProject: call.id, call.page, by: call.caller, from: database)
            return (ServiceList(services.map { ServiceView($0, url: url) }), total)
        }
        serve(ServiceEndpoints.view) { call in
            let service = try await ServiceReading.view(call.id, by: call.caller, from: database)
            // Who may see the service may see what it runs.
            let image = try await ImageListing.view(service.image.id, by: .system("service_view"), from: database)
            return ServiceAnswer(ServiceView(service, url: url), ImageView(image))
        }
        serveList(ServiceEndpoints.ingressRules) { call in
            let (rules, total) = try await IngressRuleReading.list(
                ofService: call.id, call.page, by: call.caller, from: database)
            return (IngressRuleList(rules.map { IngressRuleView($0, url: url) }), total)
        }
        serveList(ServiceEndpoints.containers) { call in
            let (containers, total) = try await ContainerReading.list(
                ofService: call.id, call.page, by: call.caller, at: clock.now(), from: database)
            return (ContainerList(containers.map { ContainerView($0, for: call.caller, url: url) }), total)
        }
        serveChange(ServiceEndpoints.delete) { call, caller, dryRun in
            try await ServiceRemoval.delete(
                service: call.id, by: caller, dryRun: dryRun, at: clock.now(), in: database)
        }
        serveChange(ServiceEndpoints.power) { call, caller, dryRun in
            try await ServicePower.perform(
                call.facts.words[0], service: call.id, by: caller, dryRun: dryRun, at: clock.now(), in: database)
        }
        serve(ServiceEndpoints.logs) { call in
            let window = try LogQuery.window(call.facts.query, now: clock.now())
            return try await ContainerSignals.log(ofService: call.id, window, by: call.caller, from: database)
                .map(LogLineView.init)
        }
    }
}

/// Which log lines a client asks for.
enum LogQuery {
    /// v60 default.
    private static let limitDefault: Int64 = 500
    private static let limitMax: Int64 = 5000
    /// Seconds; the year 5138 is far enough.
    private static let secondsMax: Int64 = 100_000_000_000

    static func window(_ query: Query, now: Moment) throws -> ContainerSignals.Window {
        let limit = try query.number("limit", in: 1...limitMax) ?? limitDefault
        let from = try query.number("period_start", in: 0...secondsMax).map { Moment(milliseconds: $0 * 1000) }
        let to = try query.number("period_end", in: 0...secondsMax).map { Moment(milliseconds: $0 * 1000 + 999) }
        return ContainerSignals.Window(
            limit: Int(limit), from: from ?? now.advanced(by: .seconds(-86_400)), to: to)
    }
}
