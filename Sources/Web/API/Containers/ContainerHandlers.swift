import Basics
import Contract
import Signals
import Workloads

extension API {
    mutating func serveContainers() {
        let (database, clock, url) = (dependencies.database, dependencies.clock, dependencies.publicURL)

        serveList(ProjectEndpoints.containers) { call in
            let (containers, total) = try await ContainerReading.list(
                ofProject: call.id, call.page, by: call.caller, at: clock.now(), from: database)
            return (ContainerList(containers.map { ContainerView($0, for: call.caller, url: url) }), total)
        }
        serve(ContainerEndpoints.view) { call in
            let container = try await ContainerReading.view(
                call.id, by: call.caller, at: clock.now(), from: database)
            // Judged also where no lines are asked for: a parameter that is wrong is wrong.
            let window = try LogQuery.window(call.facts.query, now: clock.now())
            var log: [ContainerSignals.Line] = []
            if try call.facts.query.word("include", ContainerIncludeWord.self) == .logs {
                log = try await ContainerSignals.log(ofContainer: call.id, window, by: call.caller, from: database)
            }
            return ContainerAnswer(ContainerView(container, log: log, for: call.caller, url: url))
        }
        serveChange(ContainerEndpoints.power) { call, caller, dryRun in
            try await ContainerPower.perform(
                call.facts.words[0], container: call.id, by: caller, dryRun: dryRun, at: clock.now(),
                in: database)
        }
        serve(ContainerEndpoints.logs) { call in
            let window = try LogQuery.window(call.facts.query, now: clock.now())
            return try await ContainerSignals.log(ofContainer: call.id, window, by: call.caller, from: database)
                .map(LogLineView.init)
        }
        let listing = dependencies.processes
        serve(ContainerEndpoints.processes) { call in
            try await ContainerSignals.requireVisible(call.id, by: call.caller, from: database)
            return try await listing(call.id)
        }
        serveUsage()
    }

    private mutating func serveUsage() {
        let (database, clock) = (dependencies.database, dependencies.clock)
        serve(ContainerEndpoints.cpu) { call in
            let (points, most) = try await ContainerSignals.usage(
                ofContainer: call.id, by: call.caller, at: clock.now(), from: database)
            return UsageView(
                points.map {
                    let percent = most > 0 ? (Double($0.cpuMilli) / Double(most) * 10_000).rounded() / 100 : 0
                    return UsagePointView(at: Timestamp($0.at), value: percent)
                })
        }
        serve(ContainerEndpoints.memory) { call in
            let (points, _) = try await ContainerSignals.usage(
                ofContainer: call.id, by: call.caller, at: clock.now(), from: database)
            return UsageView(
                points.map { UsagePointView(at: Timestamp($0.at), value: Double($0.memoryKiB / 1024)) })
        }
    }
}
