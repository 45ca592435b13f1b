import Basics
import Contract
import Identity

extension API {
    mutating func serveSSHKeys() {
        let database = dependencies.database
        let clock = dependencies.clock

        serveList(SSHKeyEndpoints.list) { call in
            let (keys, total) = try await SSHKeys.list(call.page, by: call.caller, from: database)
            return (SSHKeyList(keys.map(SSHKeyView.init)), total)
        }
        serve(SSHKeyEndpoints.view) { call in
            SSHKeyAnswer(SSHKeyView(try await SSHKeys.view(call.id, by: call.caller, from: database)))
        }
        serve(SSHKeyEndpoints.create) { call in
            guard let sent = call.input.userSshKey ?? call.input.sshKey else {
                throw Fault(.malformed, "The request needs an object \"user_ssh_key\".")
            }
            let key = try await SSHKeys.add(sent.pubkey ?? "", by: call.caller, at: clock.now(), in: database)
            return SSHKeyAnswer(SSHKeyView(key))
        }
        serve(SSHKeyEndpoints.delete) { call in
            try await SSHKeys.delete(call.id, by: call.caller, at: clock.now(), in: database)
            return Nothing()
        }
    }
}

extension SSHKeyView {
    fileprivate init(_ key: SSHKey) {
        self.init(
            id: key.id, label: key.label, createdAt: Timestamp(key.createdAt), updatedAt: Timestamp(key.updatedAt))
    }
}
