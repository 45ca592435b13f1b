package import Hummingbird
import NIOCore

/// `GET /metrics` for Prometheus, to be served on a listener of its own: it has no credentials.
package struct MetricsResponder: HTTPResponder {
    package typealias Context = ConnectionContext

    /// A number that others keep.
    package struct Gauge: Sendable {
        let name: String
        let isCounter: Bool
        let read: @Sendable () async -> [(labels: String, value: Double)]

        /// `read` answers a value per set of labels, written as `state="running"`; empty for none.
        package init(
            _ name: String, isCounter: Bool = false,
            _ read: @escaping @Sendable () async -> [(labels: String, value: Double)]
        ) {
            self.name = name
            self.isCounter = isCounter
            self.read = read
        }
    }

    private let requests: RequestMetrics?
    private let gauges: [Gauge]

    package init(requests: RequestMetrics?, gauges: [Gauge]) {
        self.requests = requests
        self.gauges = gauges
    }

    package func respond(to request: Request, context: ConnectionContext) async -> Response {
        guard request.uri.path == "/metrics" else {
            return APIResponder.plain(.notFound, "There is only /metrics here.\n")
        }
        var text = ""
        requests?.write(to: &text)
        for gauge in gauges {
            text += "# TYPE \(gauge.name) \(gauge.isCounter ? "counter" : "gauge")\n"
            for (labels, value) in await gauge.read() {
                text += labels.isEmpty ? "\(gauge.name) \(value)\n" : "\(gauge.name){\(labels)} \(value)\n"
            }
        }
        return Response(
            status: .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }
}
