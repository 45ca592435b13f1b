import Basics
import Contract
import Identity
import Workloads

extension API {
    mutating func serveCallbacks() {
        let (database, clock) = (dependencies.database, dependencies.clock)
        let secrets = SigningSecrets(database: database, vault: dependencies.vault, clock: clock)

        serveList(OperationEndpoints.callbacks) { call in
            let (records, total) = try await CallbackLog.list(
                ofOperation: call.id, call.page, by: call.caller, from: database)
            return (CallbackList(records.map(CallbackView.init)), total)
        }
        serve(OperationEndpoints.retryCallback) { call in
            try await CallbackLog.retry(
                call.facts.ids[1], ofOperation: call.id, by: call.caller, at: clock.now(), in: database)
            return Acknowledgement()
        }
        serve(UserEndpoints.signingSecret) { call in
            SigningSecretAnswer(SigningSecretView(try await secrets.show(by: call.caller)))
        }
        serve(UserEndpoints.newSigningSecret) { call in
            SigningSecretAnswer(SigningSecretView(try await secrets.rotate(by: call.caller)))
        }
    }

    /// The caller of a request that starts something, with whom to tell of its end.
    func notifying(_ callback: CallbackRequest?, _ caller: Caller) throws -> Caller {
        guard let callback, let target = try CallbackTarget(url: callback.url, authorization: callback.authorization)
        else { return caller }
        var caller = caller
        caller.notice = try target.notice(sealedBy: dependencies.vault)
        return caller
    }
}

extension CallbackView {
    fileprivate init(_ record: CallbackRecord) {
        self.init(
            id: record.id, state: CallbackState(rawValue: record.state) ?? .waiting, origin: record.origin,
            nextAttemptAt: record.nextAt.map(Timestamp.init),
            attempts: record.attempts.map { Attempt(number: $0.number, at: Timestamp($0.at), error: $0.error) })
    }
}

extension SigningSecretView {
    fileprivate init(_ shown: SigningSecrets.Shown) {
        self.init(secret: shown.secret, createdAt: Timestamp(shown.createdAt))
    }
}
