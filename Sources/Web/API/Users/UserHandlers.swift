import Basics
import Contract
import Identity
import Workloads

extension API {
    mutating func serveUsers() {
        let database = dependencies.database
        let clock = dependencies.clock

        serve(UserEndpoints.view) { call in
            UserAnswer(UserView(try await AccountReading.view(nil, by: call.caller, from: database)))
        }
        serve(UserEndpoints.viewByID) { call in
            UserAnswer(UserView(try await AccountReading.view(call.id, by: call.caller, from: database)))
        }
        serve(UserEndpoints.change) { call in
            try await Profiles.change(nil, to: call.input.value, by: call.caller, at: clock.now(), in: database)
            return Acknowledgement()
        }
        serve(UserEndpoints.changeByID) { call in
            try await Profiles.change(call.id, to: call.input.value, by: call.caller, at: clock.now(), in: database)
            return Acknowledgement()
        }
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
