import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import TestKit
import Testing

/// What an operator sees of a running server: figures and log.
struct ObservingTests {
    @Test func metricsAreOnAListenerOfTheirOwn() async throws {
        try await inWorld(.sqlite) { world in
            try await world.start()
            _ = try await world.deploy("measured")
            let metrics = try #require(world.settings["BERTH_METRICS_LISTEN"])
            let response = try await HTTPClient.shared.execute(
                HTTPClientRequest(url: "http://\(metrics)/metrics"), timeout: .seconds(15))
            let text = String(buffer: try await response.body.collect(upTo: 1 << 20))
            #expect(response.status == .ok)
            #expect(text.contains("berth_http_requests_total{route=\"POST /api/orders\",status=\"201\"} 1\n"))
            #expect(text.contains("berth_operations{state=\"completed\"} 1.0\n"))
            #expect(try await world.get("/metrics").status == 404)
        }
    }

    /// One JSON object per line; what went wrong in an operation can be found by the request that asked for it.
    @Test func theLogTellsWhichRequestAskedForTheOperationThatFailed() async throws {
        try await inWorld(.sqlite) { world in
            try await world.start(["BERTH_FAIL": "order.provision.network.before:error"])
            // What it answers is read back, which may find the order gone already.
            _ = try? await world.order(["Hello"], project: "unlucky", headers: ["X-Request-Id": "order-of-today"])
            try await eventually("the order has failed") {
                try world.query("SELECT status FROM orders") == ["failed"]
            }
            try await world.kill(SIGTERM)
            let entries = try world.serverLog().split(separator: "\n").map { try json(String($0)) }
            #expect(entries.allSatisfy { $0["time"] is String && $0["level"] is String && $0["message"] is String })
            #expect(
                entries.contains {
                    $0["path"] as? String == "/api/orders" && $0["request_id"] as? String == "order-of-today"
                })
            #expect(
                entries.contains {
                    $0["operation"] as? String == "1" && $0["request"] as? String == "order-of-today"
                        && $0["level"] as? String == "warning"
                })
        }
    }
}
