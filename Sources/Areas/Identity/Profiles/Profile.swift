package import Basics

/// An account as its owner sees it.
package struct Profile: Sendable, Hashable {
    /// How much of what is sold an account may have. Kept by its group.
    package struct Quotas: Sendable, Hashable {
        package let containers: Int64
        package let registries: Int64
        package let dnsZones: Int64
    }

    package let id: Int64
    package let data: ProfileData
    package let timezone: String
    package let vat: String?
    package let planID: Int64
    package let planName: String
    package let quotas: Quotas
    /// What counts against ``Quotas/containers``.
    package let containersCount: Int64
    /// Projects and services, without those that are being deleted.
    package let projectsCount: Int64
    package let servicesCount: Int64
    package let createdAt: Moment
    package let updatedAt: Moment
    let groupID: Int64
}
