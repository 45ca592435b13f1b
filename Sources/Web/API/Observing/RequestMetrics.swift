import Synchronization

/// How many requests each route answered with which status, and how long they took.
package final class RequestMetrics: Sendable {
    /// Upper bounds in seconds; the last bucket is everything.
    static let bounds: [Double] = [0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

    private struct Route {
        var statuses: [Int: Int64] = [:]
        var buckets = [Int64](repeating: 0, count: RequestMetrics.bounds.count + 1)
        var seconds = 0.0
        var count: Int64 = 0
    }

    /// `GET /api/projects`; the last one is for requests without a route.
    private let names: [String]
    private let routes: [Mutex<Route>.Box]

    init(routes names: [String]) {
        self.names = names + ["none"]
        routes = self.names.map { _ in Mutex<Route>.Box(Route()) }
    }

    func count(route: Int?, status: Int, seconds: Double) {
        let bucket = Self.bounds.firstIndex { seconds <= $0 } ?? Self.bounds.count
        routes[route ?? routes.count - 1].value.withLock {
            $0.statuses[status, default: 0] += 1
            $0.buckets[bucket] += 1
            $0.seconds += seconds
            $0.count += 1
        }
    }

    /// The Prometheus text format, version 0.0.4.
    package func write(to out: inout String) {
        out += "# TYPE berth_http_requests_total counter\n"
        var histogram = "# TYPE berth_http_request_seconds histogram\n"
        for (name, box) in zip(names, routes) {
            let route = box.value.withLock { $0 }
            if route.count == 0 { continue }
            for (status, count) in route.statuses.sorted(by: { $0.key < $1.key }) {
                out += "berth_http_requests_total{route=\"\(name)\",status=\"\(status)\"} \(count)\n"
            }
            var sum: Int64 = 0
            for (index, count) in route.buckets.enumerated() {
                sum += count
                let bound = index < Self.bounds.count ? "\(Self.bounds[index])" : "+Inf"
                histogram += "berth_http_request_seconds_bucket{route=\"\(name)\",le=\"\(bound)\"} \(sum)\n"
            }
            histogram += "berth_http_request_seconds_sum{route=\"\(name)\"} \(route.seconds)\n"
            histogram += "berth_http_request_seconds_count{route=\"\(name)\"} \(route.count)\n"
        }
        out += histogram
    }
}

extension Mutex where Value: Sendable {
    /// A mutex that can be in an array.
    final class Box: Sendable {
        let value: Mutex<Value>

        init(_ value: sending Value) { self.value = Mutex(value) }
    }
}
