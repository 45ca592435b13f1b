import Basics
import Foundation

/// What is measured over HTTP on the loopback interface.
struct Requests {
    let shop: Shop
    let options: Options

    private struct Case {
        let name: String
        let load: Load
        let contender: Contender
        /// Shares of hello's throughput.
        var floor: Double?
        var goal: Double?
        /// Requests per second.
        var rateFloor: Double?
        var rounds: [Round] = []
    }

    private static let helloPort = 18_931
    private static let readPort = 18_932
    private static let orderPort = 18_933
    private static let tokenPort = 18_934

    func run(_ report: inout Report) async throws {
        try measureStart(&report)
        let hello = try Contender(
            "hello", program: options.hello, arguments: ["\(Self.helloPort)"], port: Self.helloPort,
            log: "\(options.folder)/hello.log")
        defer { hello.stop() }
        let reader = try berth("read", roles: nil, port: Self.readPort)
        defer { reader.stop() }
        // Without workers: the zone is not there, and the orders are worked off elsewhere in this benchmark.
        let orders = try berth("orders", roles: "api", port: Self.orderPort)
        defer { orders.stop() }
        // What one core issues is promised, so this server has one.
        let tokens = try berth("tokens", roles: "api", port: Self.tokenPort, core: 0)
        defer { tokens.stop() }
        try await Task.sleep(for: .seconds(1))
        report.add("Memory, idle", reader.memory(), "MB")

        var cases = cases(hello, reader, orders, tokens)
        for round in 0...options.rounds {
            for index in cases.indices {
                let seconds = round == 0 ? 1 : options.seconds
                let result = try cases[index].load.round(
                    against: cases[index].contender, seconds: seconds, folder: options.folder)
                if round > 0 { cases[index].rounds.append(result) }  // the first one warms up
            }
        }
        tell(cases, &report)
        report.add("Memory under load, highest", reader.memory("VmHWM"), "MB", floor: .atMost(70), goal: .atMost(35))
        report.add("Memory after the load", reader.memory(), "MB")
        report.add("Memory under orders, highest", orders.memory("VmHWM"), "MB", floor: .atMost(70))
        report.add("Memory under token requests, highest", tokens.memory("VmHWM"), "MB", floor: .atMost(70))
    }

    private func cases(_ hello: Contender, _ reader: Contender, _ orders: Contender, _ tokens: Contender) -> [Case] {
        let key = shop.credentials
        let ids = shop.firstProject...(shop.firstProject + Int64(Shop.projects) - 1)
        return [
            Case(name: "hello (Hummingbird alone)", load: Load(path: "/hello"), contender: hello),
            Case(
                name: "GET /api/version", load: Load(path: "/api/version", credentials: key), contender: reader,
                floor: 0.5, goal: 0.8),
            Case(
                name: "GET /api/projects?per-page=25",
                load: Load(path: "/api/projects?page=1&per-page=25", credentials: key), contender: reader,
                floor: 0.25, goal: 0.4),
            Case(
                name: "GET /api/projects/{id}", load: Load(path: "/api/projects/", ids: ids, credentials: key),
                contender: reader, floor: 0.45, goal: 0.7),
            Case(
                name: "GET /api/users, API key", load: Load(path: "/api/users", credentials: shop.usualKey),
                contender: reader, floor: 0.5),
            Case(
                name: "GET /api/users, bearer token", load: Load(path: "/api/users", credentials: shop.usualToken),
                contender: reader, floor: 0.5),
            Case(
                name: "POST /api/oauth/token on one core",
                load: Load(
                    path: "/api/oauth/token", credentials: shop.client, body: "grant_type=client_credentials",
                    contentType: "application/x-www-form-urlencoded"), contender: tokens, rateFloor: 3000),
            Case(
                name: "POST /api/orders",
                load: Load(path: "/api/orders", credentials: key, body: shop.orderBody), contender: orders),
        ]
    }

    private func tell(_ cases: [Case], _ report: inout Report) {
        let hello = cases[0].rounds
        for item in cases {
            let rates = item.rounds.map(\.rate)
            report.add(
                item.name, rates.median, "req/s", spread: rates.spread,
                floor: item.rateFloor.map(Report.Bound.atLeast))
            report.add("  p50", item.rounds.map(\.p50).median, "ms")
            report.add("  p99", item.rounds.map(\.p99).median, "ms")
            report.add("  server CPU per request", item.rounds.map(\.cpu).median, "µs")
            report.add(
                "  answers that were not 2xx", item.rounds.map(\.errors).reduce(0, +), "", floor: .atMost(0))
            if item.contender === cases[0].contender { continue }
            // Each round against hello's of the same minute.
            let shares = zip(item.rounds, hello).map { $0.rate / max($1.rate, 1) }
            let costs = zip(item.rounds, hello).map { $0.cpu / max($1.cpu, 0.01) }
            report.add(
                "  throughput ÷ hello", shares.median, "×", spread: shares.spread,
                floor: item.floor.map(Report.Bound.atLeast), goal: item.goal.map(Report.Bound.atLeast))
            report.add("  CPU ÷ hello", costs.median, "×", spread: costs.spread)
        }
    }

    private func measureStart(_ report: inout Report) throws {
        var times: [Double] = []
        for _ in 0..<7 {
            let server = try berth("start", roles: nil, port: Self.readPort)
            times.append(server.startMilliseconds)
            server.stop()
        }
        report.add(
            "Start to the first answer", times.median, "ms", spread: times.spread, floor: .atMost(150),
            goal: .atMost(150))
    }

    /// All threads of the server stay on `core` when there is one. `taskset` becomes the server: it is one process.
    private func berth(_ name: String, roles: String?, port: Int, core: Int? = nil) throws -> Contender {
        let path = "\(options.folder)/\(name).sqlite"
        if !FileManager.default.fileExists(atPath: path) { try shop.copy(to: path) }
        let command = [options.berth, "serve"] + (roles.map { ["--roles", $0] } ?? [])
        let program = core.map { ["/usr/bin/taskset", "--cpu-list", String($0)] + command } ?? command
        return try Contender(
            "berth", program: program[0], arguments: Array(program.dropFirst()), port: port,
            environment: [
                "BERTH_DATABASE_URL": "sqlite:\(path)", "BERTH_LISTEN": "127.0.0.1:\(port)",
                "BERTH_PUBLIC_URL": "http://127.0.0.1:\(port)", "BERTH_METRICS_LISTEN": "127.0.0.1:\(port + 10)",
                "BERTH_SECRET_KEY_FILE": "\(options.folder)/secret.key",
                // Counted as always, never exceeded.
                "BERTH_RATE_LIMIT": "1000000/1", "BERTH_RATE_LIMIT_TOKENS": "1000000/1",
            ], log: "\(options.folder)/\(name).log")
    }
}
