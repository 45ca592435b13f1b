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

        serve(UserEndpoints.view) { call in
            UserAnswer(UserView(try await AccountReading.view(nil, by: call.caller, from: database)))
        }
        serve(UserEndpoints.viewByID) { call in
            UserAnswer(UserView(try await AccountReading.view(call.id, by: call.caller, from: database)))
        }
        serve(UserEndpoints.change) { call in
            try await Profiles.change(
                nil, to: call.input.value, by: call.caller, mail: mail, at: clock.now(), in: database)
            return Acknowledgement()
        }
        serve(UserEndpoints.changeByID) { call in
            try await Profiles.change(
                call.id, to: call.input.value, by: call.caller, mail: mail, at: clock.now(), in: database)
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

extension UserView {
    fileprivate init(_ overview: AccountOverview) {
        let (profile, data) = (overview.profile, overview.profile.data)
        self.init(
            id: profile.id, fname: data.firstName, lname: data.lastName, email: data.email, phone: data.phone,
            address1: data.address1, address2: data.address2, city: data.city, companyName: data.companyName,
            country: data.country, timezone: profile.timezone, cSftpPass: data.sftpPassword, zip: data.zip,
            vat: profile.vat, state: data.state, locale: data.locale, createdAt: Timestamp(profile.createdAt),
            updatedAt: Timestamp(profile.updatedAt),
            billingPlan: ReferenceView(id: profile.planID, name: profile.planName),
            currency: Money(code: data.currency, symbol: Currency.symbol(data.currency)),
            services: Holdings(
                projects: overview.projects, containers: overview.containers, containerServices: overview.services,
                containerImages: overview.images),
            quota: Quotas(
                containers: Quota(current: profile.containersCount, quota: profile.quotas.containers),
                // Nothing sells these two yet.
                cr: Quota(current: 0, quota: profile.quotas.registries),
                dnsZones: Quota(current: 0, quota: profile.quotas.dnsZones)))
    }
}
