import Basics
import Catalogue
import Contract
import Fleet

extension API {
    mutating func serveCatalogue() {
        let database = dependencies.database

        serveList(CatalogueEndpoints.images) { call in
            let word = try call.facts.query.word("filter", ImageFilterWord.self)
            let filter = ImageListing.Filter(
                ownedOnly: word == .owned, loadBalancersOnly: word == .isLoadBalancer,
                nameContains: try call.facts.query.first("byname"))
            let (images, total) = try await ImageListing.list(call.page, filter, by: call.caller, from: database)
            return (ImageList(images.map(ImageView.init)), total)
        }
        serve(CatalogueEndpoints.image) { call in
            ImageAnswer(ImageView(try await ImageListing.view(call.id, by: call.caller, from: database)))
        }
        serveList(CatalogueEndpoints.products) { call in
            let (lines, total) = try await ProductListing.list(call.page, by: call.caller, from: database)
            return (ProductList(lines.map(ProductView.init)), total)
        }
        serveList(CatalogueEndpoints.locations) { call in
            let (lines, total) = try await LocationListing.list(call.page, from: database)
            return (LocationList(lines.map(LocationView.init)), total)
        }
    }
}

extension ProductView {
    fileprivate init(_ line: ProductListing.Line) {
        let product = line.product
        self.init(
            id: product.id, name: product.label, price: DecimalText(nano: line.priceHour?.nano ?? 0),
            term: line.priceHour == nil ? "" : "hour", cpu: DecimalText(milli: product.cpuMilli),
            memory: product.memoryMB, storage: product.storageGB, bandwidth: product.bandwidthGB,
            backup: product.backupGB, localDisk: product.localDiskGB, memorySwap: product.swapMB,
            memorySwappiness: product.swappiness, region: line.zoneID)
    }
}

extension LocationView {
    fileprivate init(_ line: LocationListing.Line) {
        self.init(
            id: line.location.id, name: line.location.name,
            regions: line.zones.map { ReferenceView(id: $0.id, name: $0.name) })
    }
}
