import Foundation
import Testing

/// What a customer does.
extension World {
    struct Placed: Sendable {
        let orderID: String
        let projectID: Int
    }

    func id(ofImage label: String) async throws -> Int {
        let images = try await list("/api/container_images?per-page=250", "container_images")
        guard let image = images.first(where: { $0["label"] as? String == label }),
            let id = image["id"] as? Int
        else { throw Command.Failure(description: "no image \(label) in \(images.map { $0["label"] ?? "" })") }
        return id
    }

    func firstPackage() async throws -> Int {
        guard let id = try await list("/api/products", "products").first?["id"] as? Int else {
            throw Command.Failure(description: "no package")
        }
        return id
    }

    /// Orders one service of each image and answers once it is accepted.
    func order(
        _ images: [String], project: String, location: Int? = nil, query: String = "", headers: [String: String] = [:]
    ) async throws -> Placed {
        let package = try await firstPackage()
        var containers: [String] = []
        for image in images {
            containers.append(
                "{\"image_id\": \(try await id(ofImage: image)), \"resources\": {\"product_id\": \(package)}}")
        }
        let place = location.map { "\"location_id\": \($0), " } ?? ""
        let body = """
            {"order": {\(place)"project_name": "\(project)", "containers": [\(containers.joined(separator: ","))]}}
            """
        let answer = try await call("POST", "/api/orders\(query)", body, headers: headers)
        guard answer.status == 201, let order = try json(answer.text)["order"] as? [String: Any],
            let id = order["id"] as? String
        else { throw Command.Failure(description: "the order was refused: \(answer.status) \(answer.text)") }
        let shown = try await object("/api/orders/\(id)", "order")
        let projectID = (shown["project"] as? [String: Any])?["id"] as? Int ?? 0
        return Placed(orderID: id, projectID: projectID)
    }

    func status(ofOrder id: String) async throws -> String {
        try await object("/api/orders/\(id)", "order")["status"] as? String ?? ""
    }

    /// Waits until the order has ended and demands that it completed.
    func waitForOrder(_ placed: Placed, seconds: Double = 90) async throws {
        try await eventually("order \(placed.orderID) has ended", seconds: seconds) {
            ["completed", "failed", "cancelled"].contains(try await self.status(ofOrder: placed.orderID))
        }
        #expect(try await status(ofOrder: placed.orderID) == "completed")
    }

    /// The services of a project by the label of their image.
    func services(_ projectID: Int) async throws -> [String: [String: Any]] {
        let services = try await list("/api/projects/\(projectID)/services", "container_services")
        return Dictionary(
            services.map { (($0["image"] as? [String: Any])?["label"] as? String ?? "", $0) },
            uniquingKeysWith: { first, _ in first })
    }

    func list(_ path: String, _ root: String) async throws -> [[String: Any]] {
        let answer = try await get(path)
        guard answer.status == 200, let rows = try json(answer.text)[root] as? [[String: Any]] else {
            throw Command.Failure(description: "\(path): \(answer.status) \(answer.text)")
        }
        return rows
    }

    func object(_ path: String, _ root: String) async throws -> [String: Any] {
        let answer = try await get(path)
        guard answer.status == 200, let object = try json(answer.text)[root] as? [String: Any] else {
            throw Command.Failure(description: "\(path): \(answer.status) \(answer.text)")
        }
        return object
    }

    /// Everything of this installation on the engine, one line each, without what differs between equal runs.
    func census() throws -> [String] {
        let code = try installationCode()
        let filter = "label=berth.installation=\(code)"
        let containers = try Command.docker("ps", "-a", "--filter", filter, "--format", "{{.Names}} {{.State}}")
        let networks = try Command.docker("network", "ls", "--filter", filter, "--format", "network {{.Name}}")
        let volumes = try Command.docker("volume", "ls", "--filter", filter, "--format", "volume {{.Name}}")
        return (containers + networks + volumes).split(separator: "\n").map { String($0).replacing(code, with: "CODE") }
            .sorted()
    }

    /// Operations that have not ended.
    func unfinished() throws -> [String] {
        try query(
            "SELECT id, kind, state FROM operations WHERE state IN ('pending', 'running', 'undoing') ORDER BY id")
    }
}
