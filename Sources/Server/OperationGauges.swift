import API
import Operations
import SQL

/// What `/metrics` tells about operations.
enum OperationGauges {
    /// Operations in the database by state, finished ones included.
    static func states(_ database: any Database) -> MetricsResponder.Gauge {
        MetricsResponder.Gauge("berth_operations") {
            let counts = (try? await database.read { try Operations.counts(in: $0) }) ?? [:]
            return OperationState.allCases.map { ("state=\"\($0.rawValue)\"", Double(counts[$0] ?? 0)) }
        }
    }

    /// What this process did.
    static func worker(_ worker: Worker) -> [MetricsResponder.Gauge] {
        [
            MetricsResponder.Gauge("berth_worker_claimed_total", isCounter: true) {
                [("", Double(worker.counters.claimed))]
            },
            MetricsResponder.Gauge("berth_worker_refused_writes_total", isCounter: true) {
                [("", Double(worker.counters.refusedWrites))]
            },
            MetricsResponder.Gauge("berth_worker_retries_total", isCounter: true) {
                [("", Double(worker.counters.retries))]
            },
        ]
    }
}
