import Basics
import Logging
import SQL

struct Claim: Sendable {
    var id: Int64
    var fence: Int64
    var attempt: Int
    var requestID: String
    var userID: Int64?
}

final class RunSession: Sendable {
    let claim: Claim
    let logger: Logger
    let clock: any WallClock
    init(claim: Claim, logger: Logger, clock: any WallClock) {
        self.claim = claim
        self.logger = logger
        self.clock = clock
    }

    func step<Output: Codable & Sendable>(
        _ name: String, retry: RetryPolicy, undo: (@Sendable (Output?) async throws -> Void)?,
        _ effect: @Sendable () async throws -> Output
    ) async throws -> Output { try await effect() }

    func record<Output: Codable & Sendable>(
        _ name: String, undo: (@Sendable (any Transaction, Output) throws -> Void)?,
        _ change: @escaping @Sendable (any Transaction) throws -> Output
    ) async throws -> Output { throw Fault(.bug, "x") }
    func child(
        _ name: String, _ new: NewOperation, undo: (@Sendable (Int64) async throws -> Void)?
    ) async throws -> Int64 { 0 }
    func waitForChildren(_ name: String, allMustComplete: Bool) async throws -> [ChildEnding] { [] }
    func checkCancelled() async throws {}
}
