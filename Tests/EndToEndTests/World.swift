import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import Synchronization
import TestKit
import Testing

/// One Berth of its own: database, zone, ports, administrator, starter catalogue, on the shared test engine.
final class World: Sendable {
    let folder: URL
    /// Where SQLite's file is, when it is one.
    let databaseFile: URL
    let dialect: TestDialect
    let listenPort: Int
    let ingressPort: Int
    let appsDomain: String
    let settings: [String: String]
    private let credentials = Mutex<String>("")
    private let server = Mutex<Server?>(nil)

    /// Worlds differ in their networks, because they share one engine. Two runs at once begin at different numbers.
    private static let counter = Mutex(Int.random(in: 0..<1500))

    struct Server: @unchecked Sendable {
        let process: Process
    }

    /// - Parameters:
    ///   - engine: The address of another engine than the test engine.
    ///   - tlsDirectory: The folder with the files for TLS to it.
    ///   - databaseFolder: Where SQLite's file shall be.
    init(
        _ dialect: TestDialect, engine: String? = nil, tlsDirectory: String? = nil, databaseFolder: URL? = nil
    ) async throws {
        self.dialect = dialect
        let number = Self.nextNumber()
        folder = FileManager.default.temporaryDirectory.appending(path: "berth-e2e-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        listenPort = try freePort()
        ingressPort = try freePort()
        appsDomain = "apps-\(number).test"
        databaseFile = (databaseFolder ?? folder).appending(path: "berth.sqlite")
        let databaseURL = try Self.makeDatabase(dialect, file: databaseFile)
        settings = [
            "BERTH_DATABASE_URL": databaseURL, "BERTH_LISTEN": "127.0.0.1:\(listenPort)",
            "BERTH_METRICS_LISTEN": "127.0.0.1:\(try freePort())",
            "BERTH_SECRET_KEY_FILE": folder.appending(path: "secret.key").path, "BERTH_LOG_LEVEL": "debug",
            "BERTH_FAIL_LEASE_MS": "4000",
        ]
        try berth("migrate")
        try berth(
            "admin", "user", "create", "--email", "owner@example.test", "--first-name", "Olive", "--last-name", "Owner",
            "--json")
        let key = try json(berth("admin", "key", "create", "--user", "owner@example.test", "--json"))
        let pair = "\(key["username"] as? String ?? ""):\(key["password"] as? String ?? "")"
        credentials.withLock { $0 = Data(pair.utf8).base64EncodedString() }
        try createZone(
            inLocation: createLocation("Here"), number: number,
            engine: engine ?? Command.required("BERTH_TEST_DOCKER"), ingressPort: ingressPort, appsDomain: appsDomain,
            tlsDirectory: tlsDirectory)
        try berth("catalogue", "load", Self.projectFolder.appending(path: "catalogue").path)
    }

    private static func nextNumber() -> Int {
        counter.withLock { value in
            value += 1
            return value
        }
    }

    /// Adds a zone on the same engine, under another address, as one engine is one zone; answers its ingress' port.
    func addZone(appsDomain: String) throws -> Int {
        let port = try freePort()
        let socket = folder.appending(path: "other.sock").path
        try FileManager.default.createSymbolicLink(
            atPath: socket,
            withDestinationPath: String(Command.required("BERTH_TEST_DOCKER").dropFirst("unix://".count)))
        try createZone(
            inLocation: 1, number: Self.nextNumber(), engine: "unix://\(socket)", ingressPort: port,
            appsDomain: appsDomain)
        return port
    }

    /// One more location with one zone, on the shared test engine. Answers the location's id.
    func addPlace() throws -> Int {
        let (location, number) = (try createLocation("There"), Self.nextNumber())
        try createZone(
            inLocation: location, number: number, engine: Command.required("BERTH_TEST_DOCKER"),
            ingressPort: freePort(), appsDomain: "apps-\(number).test")
        return location
    }

    private func createLocation(_ name: String) throws -> Int {
        try json(berth("admin", "location", "create", "--name", name, "--json"))["id"] as? Int ?? 0
    }

    private func createZone(
        inLocation location: Int, number: Int, engine: String, ingressPort: Int, appsDomain: String,
        tlsDirectory: String? = nil
    ) throws {
        try berth(
            [
                "admin", "zone", "create", "--location", "\(location)", "--name", "zone-\(number)", "--docker", engine,
                "--ingress-http", "\(ingressPort)", "--apps-domain", appsDomain, "--network-pool",
                "10.\(100 + number / 16).\(number % 16 * 16).0/20", "--json",
            ] + (tlsDirectory.map { ["--tls-dir", $0] } ?? []))
    }

    static let projectFolder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// Runs the `berth` command in this world; answers its standard output.
    @discardableResult
    func berth(_ arguments: String...) throws -> String { try berth(arguments) }

    @discardableResult
    private func berth(_ arguments: [String]) throws -> String {
        try Command.run(
            Command.required("BERTH_TEST_BINARY"), arguments, environment: settings, folder: folder
        ).text
    }

    /// Starts the server and does not wait.
    @discardableResult
    func launch(_ extra: [String: String]) throws -> Process {
        let process = Process()
        process.executableURL = URL(filePath: try Command.required("BERTH_TEST_BINARY"))
        process.arguments = ["serve"]
        process.environment = ProcessInfo.processInfo.environment.merging(settings) { _, new in new }
            .merging(extra) { _, new in new }
        process.currentDirectoryURL = folder
        let log = folder.appending(path: "server.log")
        if !FileManager.default.fileExists(atPath: log.path) {
            _ = FileManager.default.createFile(atPath: log.path, contents: nil)
        }
        let handle = try FileHandle(forWritingTo: log)
        try handle.seekToEnd()
        process.standardOutput = handle
        process.standardError = handle
        process.standardInput = FileHandle.nullDevice
        try process.run()
        server.withLock { $0 = Server(process: process) }
        return process
    }

    /// Starts the server and waits until it is ready.
    func start(_ extra: [String: String] = [:]) async throws {
        let process = try launch(extra)
        try await eventually("the server is ready", seconds: 30) {
            (try? await self.get("/readyz"))?.status == 200 || !process.isRunning
        }
        // Orders go to zones whose engine has answered.
        try await eventually("the zones are online", seconds: 30) {
            try self.query("SELECT DISTINCT state FROM zones") == ["online"] || !process.isRunning
        }
    }

    var isRunning: Bool { server.withLock { $0?.process.isRunning ?? false } }

    var processID: Int32 { server.withLock { $0?.process.processIdentifier ?? 0 } }

    func kill(_ signal: Int32 = SIGKILL) async throws {
        guard let process = server.withLock({ $0?.process }) else { return }
        if process.isRunning { Foundation.kill(process.processIdentifier, signal) }
        try await eventually("the server has ended", seconds: 20) { !process.isRunning }
    }

    /// Ends the server and removes everything this world made on the engine.
    func remove() async {
        try? await kill()
        let code = (try? installationCode()) ?? ""
        guard !code.isEmpty else { return }
        let filter = "label=berth.installation=\(code)"
        let containers = (try? Command.docker("ps", "-aq", "--filter", filter)) ?? ""
        for id in containers.split(separator: "\n") {
            _ = try? Command.docker("rm", "-f", String(id), mustSucceed: false)
        }
        let networks = (try? Command.docker("network", "ls", "-q", "--filter", filter)) ?? ""
        for id in networks.split(separator: "\n") {
            _ = try? Command.docker("network", "rm", String(id), mustSucceed: false)
        }
        let volumes = (try? Command.docker("volume", "ls", "-q", "--filter", filter)) ?? ""
        for id in volumes.split(separator: "\n") {
            _ = try? Command.docker("volume", "rm", "-f", String(id), mustSucceed: false)
        }
        try? FileManager.default.removeItem(at: folder)
    }

    func serverLog() -> String {
        (try? String(contentsOf: folder.appending(path: "server.log"), encoding: .utf8)) ?? ""
    }

    // MARK: HTTP

    struct Answer: Sendable {
        let status: Int
        let body: [UInt8]
        let retryAfter: String?
        let contentType: String?

        var text: String { String(decoding: body, as: UTF8.self) }
    }

    func get(_ path: String) async throws -> Answer { try await call("GET", path) }

    func call(_ method: String, _ path: String, _ body: String? = nil, headers: [String: String] = [:]) async throws
        -> Answer
    {
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(listenPort)\(path)")
        request.method = .RAW(value: method)
        request.headers.add(name: "Authorization", value: "Basic \(credentials.withLock { $0 })")
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        if let body {
            request.headers.add(name: "Content-Type", value: "application/json")
            request.body = .bytes(ByteBuffer(string: body))
        }
        let answer = try await Self.send(request)
        let problems = ContractCheck.problems(
            method, path,
            ContractCheck.Reply(status: answer.status, contentType: answer.contentType, text: answer.text))
        if !problems.isEmpty { Issue.record("\(problems.joined(separator: "\n"))") }
        return answer
    }

    /// Asks the ingress on a connection of its own. One that is kept open may be closed by the other side just as a
    /// request goes out (RFC 9112, section 9.5); browsers then ask again, this client would not.
    func visit(_ host: String, path: String = "/", port: Int? = nil) async throws -> Answer {
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(port ?? ingressPort)\(path)")
        request.headers.add(name: "Host", value: host)
        request.headers.add(name: "Connection", value: "close")
        return try await Self.send(request)
    }

    private static func send(_ request: HTTPClientRequest) async throws -> Answer {
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(15))
        let body = try await response.body.collect(upTo: 8 << 20)
        return Answer(
            status: Int(response.status.code), body: Array(body.readableBytesView),
            retryAfter: response.headers.first(name: "Retry-After"),
            contentType: response.headers.first(name: "Content-Type"))
    }
}

/// Waits until `condition` holds. Outside processes have no completion to await, so this is the one place that polls.
func eventually(_ what: String, seconds: Double = 40, _ condition: () async throws -> Bool) async throws {
    let deadline = ContinuousClock.now.advanced(by: .seconds(seconds))
    while ContinuousClock.now < deadline {
        if try await condition() { return }
        try await Task.sleep(for: .milliseconds(20))
    }
    throw Command.Failure(description: "waited \(seconds) s in vain until \(what)")
}

/// A TCP port that nobody uses now and no outgoing connection will be given while a server is restarted: it is below
/// what Linux takes for those (32768).
func freePort() throws -> Int {
    for _ in 0..<100 {
        let port = UInt16.random(in: 10_000..<32_768)
        guard takenPorts.withLock({ $0.insert(port).inserted }) else { continue }
        let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(socket) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
        let bound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(socket, address, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        if bound { return Int(port) }
    }
    throw Command.Failure(description: "no free port")
}

private let takenPorts = Mutex<Set<UInt16>>([])

/// The object in a JSON text.
func json(_ text: String) throws -> [String: Any] {
    guard let object = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any] else {
        throw Command.Failure(description: "not a JSON object: \(text)")
    }
    return object
}
