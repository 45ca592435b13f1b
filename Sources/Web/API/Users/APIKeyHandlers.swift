import Basics
import Contract
import Identity

extension API {
    mutating func serveAPIKeys() {
        let database = dependencies.database
        let clock = dependencies.clock

        serveList(APIKeyEndpoints.list) { call in
            let (keys, total) = try await NamedKeys.list(call.page, by: call.caller, from: database)
            return (APIKeyList(keys.map(APIKeyView.init)), total)
        }
        serve(APIKeyEndpoints.view) { call in
            APIKeyAnswer(APIKeyView(try await NamedKeys.view(call.id, by: call.caller, from: database)))
        }
        serve(APIKeyEndpoints.create) { call in
            let (key, secret) = try await NamedKeys.create(
                call.input.value, by: call.caller, at: clock.now(), in: database)
            return APIKeyCreatedAnswer(APIKeyView(key), key: secret.reveal())
        }
        serve(APIKeyEndpoints.delete) { call in
            try await NamedKeys.delete(call.id, by: call.caller, at: clock.now(), in: database)
            return Acknowledgement()
        }
    }
}

extension APIKeyView {
    fileprivate init(_ key: NamedKey) {
        self.init(
            id: key.id, name: key.name, scopes: key.scopes.names, projectId: key.projectID, addresses: key.addresses,
            expiresAt: key.expiresAt.map(Timestamp.init), lastUsedAt: key.lastUsedAt.map(Timestamp.init),
            createdAt: Timestamp(key.createdAt))
    }
}
