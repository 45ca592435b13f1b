import Basics
import Contract
import Identity
import Workloads

extension API {
    mutating func serveUsers() {
        let database = dependencies.database
        let clock = dependencies.clock
        let mail = MailQueue(vault: dependencies.vault, publicURL: dependencies.publicURL)
        let host = PublicAddress.host(of: dependencies.publicURL)

        serveWritten(UserEndpoints.view) { call in
            Answer(body: UserJSON.one(try await AccountReading.view(nil, by: call.caller, from: database)))
        }
        serveWritten(UserEndpoints.viewByID) { call in
            Answer(body: UserJSON.one(try await AccountReading.view(call.id, by: call.caller, from: database)))
        }
        serve(UserEndpoints.change) { call in
            let unchanged = call.unchanged { try UserJSON.one(AccountReading.view($0, by: $1, on: $2)) }
            try await Profiles.change(
                nil, to: call.input.value, provided: unchanged, by: call.caller, mail: mail, at: clock.now(),
                in: database)
            return Acknowledgement()
        }
        serve(UserEndpoints.changeByID) { call in
            let unchanged = call.unchanged { try UserJSON.one(AccountReading.view($0, by: $1, on: $2)) }
            try await Profiles.change(
                call.id, to: call.input.value, provided: unchanged, by: call.caller, mail: mail, at: clock.now(),
                in: database)
            return Acknowledgement()
        }
        serve(UserEndpoints.register) { call in
            let made = try await Registration.register(
                call.input.value, host: host, by: call.caller, at: clock.now(), in: database)
            return UserCreatedAnswer(UserCreatedView(made))
        }
    }
}

/// The address under which customers reach us.
private enum PublicAddress {
    /// `berth.example` of `https://berth.example:8443/x`.
    static func host(of url: String) -> String {
        let rest = url.split(separator: "/", omittingEmptySubsequences: true).dropFirst().first ?? ""
        return rest.hasPrefix("[") ? "\(rest.prefix { $0 != "]" })]" : String(rest.prefix { $0 != ":" })
    }
}

extension UserCreatedView {
    fileprivate init(_ made: Registration) {
        let data = made.data
        self.init(
            id: made.id, fname: data.firstName, lname: data.lastName, email: data.email, currency: data.currency,
            api: Pair(username: made.pair.username, password: made.pair.password.reveal()),
            labels: JSONObject(data.labels), locale: data.locale, companyName: data.companyName,
            externalId: data.externalID)
    }
}
