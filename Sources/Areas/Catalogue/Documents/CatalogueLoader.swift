package import Basics
import Identity
package import SQL

/// Brings the database to what catalogue files say, in one transaction.
///
/// Packages and images are known by name, variants by tag, parameters by name, port or path. What is not in the files
/// stays as it is: to retire something, say `active: false`. Variants that services use are never deleted.
package struct CatalogueLoader: Sendable {
    /// What a load did.
    package struct Report: Sendable, Hashable {
        package var packagesCreated = 0
        package var packagesChanged = 0
        package var imagesCreated = 0
        package var imagesChanged = 0
        /// What could not be done as the files say, and why.
        package var notes: [String] = []

        package var changedNothing: Bool {
            packagesCreated + packagesChanged + imagesCreated + imagesChanged == 0
        }
    }

    private let database: any Database
    private let clock: any WallClock

    package init(database: any Database, clock: any WallClock = SystemWallClock()) {
        self.database = database
        self.clock = clock
    }

    /// Loads `document`, or nothing of it: throws one `.invalid` fault with every problem, `.forbidden` for customers.
    package func load(_ document: CatalogueDocument, by caller: Caller) async throws -> Report {
        try Policy.requireStaff(caller)
        let now = clock.now()
        return try await database.transaction { transaction in
            // Two loads at once take turns.
            _ = try transaction.int("SELECT id FROM installation WHERE id = 1 \(.forUpdate)")
            let stored = try StoredCatalogue.read(on: transaction)
            let images = Dictionary(uniqueKeysWithValues: stored.images.map { ($0.image.name, $0) })
            let problems = CatalogueCheck.check(document, stored: images, isComplete: true).problems
            guard problems.isEmpty else { throw Fault(.invalid, problems.map(\.description)) }
            var report = Report()
            try load(document.packages, stored.packages, &report, at: now, in: transaction)
            try load(document.images, images, &report, at: now, in: transaction)
            return report
        }
    }

    // MARK: Packages

    private func load(
        _ packages: [CatalogueDocument.Placed<PackageEntry>], _ stored: [PackageEntry], _ report: inout Report,
        at now: Moment, in transaction: any Transaction
    ) throws {
        let defaultPlan = try AccountGroups.ensureDefaults(at: now, in: transaction).planID
        let plans = Dictionary(
            uniqueKeysWithValues: try transaction.rows("SELECT name, id FROM billing_plans") {
                ($0.text(0), $0.int(1))
            })
        let storedByName = Dictionary(uniqueKeysWithValues: stored.map { ($0.product.name, $0) })
        for placed in packages {
            let wanted = placed.value
            let old = storedByName[wanted.product.name]
            var product = wanted.product
            product.id = old?.product.id ?? 0
            var changes = 0
            if old == nil {
                product.id = try ProductRows.insert(product, at: now, in: transaction)
            } else if old?.product != product {
                try ProductRows.update(product, at: now, in: transaction)
                changes += 1
            }
            for price in wanted.prices where old?.prices.contains(price) != true {
                guard let planID = price.plan.map({ plans[$0] }) ?? defaultPlan else {
                    let problem = CatalogueProblem(
                        file: placed.file, line: placed.line,
                        sentence: "There is no billing plan named \(price.plan ?? "").")
                    throw Fault(.invalid, problem.description)
                }
                try ProductRows.set(
                    Price(planID: planID, currency: price.currency, hour: price.hour), ofProduct: product.id,
                    in: transaction)
                changes += 1
            }
            if old == nil { report.packagesCreated += 1 } else if changes > 0 { report.packagesChanged += 1 }
        }
    }

    // MARK: Images

    private func load(
        _ images: [CatalogueDocument.Placed<ImageEntry>], _ stored: [String: ImageEntry], _ report: inout Report,
        at now: Moment, in transaction: any Transaction
    ) throws {
        var changed: Set<String> = []
        for placed in images {
            let entry = placed.value
            let old = stored[entry.image.name]
            if old == nil { try refusePrivate(placed, in: transaction) }
            let (id, written) = try ImageRows.write(entry, over: old, &report.notes, at: now, in: transaction)
            if old == nil { report.imagesCreated += 1 } else if written > 0 { changed.insert(entry.image.name) }
            if written > 0 { try ImageRows.touch(id, at: now, in: transaction) }
        }
        // Requirements come last: they name images and variants that may have been made just now.
        for placed in images {
            let name = placed.value.image.name
            let old = stored[name]
            guard placed.value.requires != old?.requires ?? [] else { continue }
            try ImageRows.writeRequirements(placed.value, at: now, in: transaction)
            if old != nil { changed.insert(name) }
        }
        report.imagesChanged = changed.count
    }

    private func refusePrivate(
        _ placed: CatalogueDocument.Placed<ImageEntry>, in transaction: any Transaction
    ) throws {
        let name = placed.value.image.name
        guard try transaction.int("SELECT id FROM images WHERE name = \(name)") != nil else { return }
        let problem = CatalogueProblem(
            file: placed.file, line: placed.line,
            sentence: "A customer's own image is named \(name). Choose another name.")
        throw Fault(.invalid, problem.description)
    }
}
