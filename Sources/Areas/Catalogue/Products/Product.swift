package import Basics

/// A package: an amount of resources that is sold as one thing.
package struct Product: Sendable, Hashable {
    package var id: Int64
    /// Unique.
    package var name: String
    package var label: String
    /// Thousandths of a core.
    package var cpuMilli: Int64
    package var memoryMB: Int64
    package var swapMB: Int64?
    /// 0…100
    package var swappiness: Int64?
    package var storageGB: Int64
    package var bandwidthGB: Int64
    package var localDiskGB: Int64
    package var backupGB: Int64
    package var active: Bool

    package init(
        id: Int64 = 0, name: String, label: String, cpuMilli: Int64, memoryMB: Int64, swapMB: Int64? = nil,
        swappiness: Int64? = nil, storageGB: Int64 = 0, bandwidthGB: Int64 = 0, localDiskGB: Int64 = 0,
        backupGB: Int64 = 0, active: Bool = true
    ) {
        self.id = id
        self.name = name
        self.label = label
        self.cpuMilli = cpuMilli
        self.memoryMB = memoryMB
        self.swapMB = swapMB
        self.swappiness = swappiness
        self.storageGB = storageGB
        self.bandwidthGB = bandwidthGB
        self.localDiskGB = localDiskGB
        self.backupGB = backupGB
        self.active = active
    }
}

/// A package at the price of one account's plan.
package struct ProductOffer: Sendable, Hashable {
    package var product: Product
    /// Per hour in the account's currency; nil when the package is not in the account's plan.
    package var priceHour: Money?

    package init(product: Product, priceHour: Money?) {
        self.product = product
        self.priceHour = priceHour
    }
}
