/// A location with its zones on the wire.
package struct LocationView: Codable, Sendable {
    package let id: Int64
    package let name: String
    package let regions: [ReferenceView]

    package init(id: Int64, name: String, regions: [ReferenceView]) {
        self.id = id
        self.name = name
        self.regions = regions
    }
}

/// `{"locations": […]}`
package struct LocationList: Codable, Sendable {
    package let locations: [LocationView]

    package init(_ locations: [LocationView]) { self.locations = locations }
}

/// A package in one zone on the wire.
package struct ProductView: Codable, Sendable {
    package let id: Int64
    package let name: String
    package let price: DecimalText
    /// `hour`; empty when there is no price.
    package let term: String
    package let cpu: DecimalText
    package let memory: Int64
    package let storage: Int64?
    package let bandwidth: Int64?
    package let backup: Int64
    package let localDisk: Int64
    package let memorySwap: Int64?
    package let memorySwappiness: Int64?
    /// The availability zone's id.
    package let region: Int64

    package init(
        id: Int64, name: String, price: DecimalText, term: String, cpu: DecimalText, memory: Int64, storage: Int64?,
        bandwidth: Int64?, backup: Int64, localDisk: Int64, memorySwap: Int64?, memorySwappiness: Int64?,
        region: Int64
    ) {
        self.id = id
        self.name = name
        self.price = price
        self.term = term
        self.cpu = cpu
        self.memory = memory
        self.storage = storage
        self.bandwidth = bandwidth
        self.backup = backup
        self.localDisk = localDisk
        self.memorySwap = memorySwap
        self.memorySwappiness = memorySwappiness
        self.region = region
    }
}

/// `{"products": […]}`
package struct ProductList: Codable, Sendable {
    package let products: [ProductView]

    package init(_ products: [ProductView]) { self.products = products }
}
