package import Basics
import Identity
package import SQL

/// What the provider's staff does with packages.
package struct Products: Sendable {
    private let database: any Database
    private let clock: any WallClock

    package init(database: any Database, clock: any WallClock = SystemWallClock()) {
        self.database = database
        self.clock = clock
    }

    /// Makes a package, in the default plan at this price; answers its id. `product.id` is ignored. Throws `.invalid`
    /// with everything that is wrong, `.forbidden` for customers.
    package func create(_ product: Product, priceHour: Money, by caller: Caller) async throws -> Int64 {
        try Policy.requireStaff(caller)
        var problems = product.problems
        if priceHour.nano < 0 { problems.append("A price cannot be negative.") }
        guard problems.isEmpty else { throw Fault(.invalid, problems) }
        let now = clock.now()
        do {
            return try await database.transaction { transaction in
                let planID = try AccountGroups.ensureDefaults(at: now, in: transaction).planID
                let id = try ProductRows.insert(product, at: now, in: transaction)
                try ProductRows.set(
                    Price(planID: planID, currency: Price.defaultCurrency, hour: priceHour), ofProduct: id,
                    in: transaction)
                return id
            }
        } catch DatabaseProblem.notUnique {
            throw Fault(.invalid, "There is a package named \"\(product.name)\" already. Choose another name.")
        }
    }
}

/// What a package costs in one plan.
struct Price: Sendable, Hashable {
    /// What plans are priced in unless somebody says otherwise.
    static let defaultCurrency = "USD"

    var planID: Int64
    /// Three capital letters (ISO 4217).
    var currency: String
    var hour: Money
}

/// Bounds of what is sold.
enum ProductLimits {
    static let nameCharactersMax = 50
    /// Thousandths of a core: 1024 cores.
    static let cpuMilliMax: Int64 = 1_024_000
    /// The engine refuses containers with less than 6 MB.
    static let memoryMBMin: Int64 = 6
    /// 64 TB
    static let memoryMBMax: Int64 = 67_108_864
    /// 1 EB, far from the end of 64 bits.
    static let gigabytesMax: Int64 = 1_000_000_000
}

extension Product {
    /// Everything that is wrong with it, a sentence each.
    package var problems: [String] {
        var problems: [String] = []
        func require(_ condition: Bool, _ sentence: String) {
            if !condition { problems.append(sentence) }
        }
        require(
            !name.isEmpty && name.count <= ProductLimits.nameCharactersMax && !name.contains { $0.isNewline },
            "The name of a package has 1 to \(ProductLimits.nameCharactersMax) characters.")
        require(
            !label.isEmpty && label.count <= ProductLimits.nameCharactersMax && !label.contains { $0.isNewline },
            "The label of a package has 1 to \(ProductLimits.nameCharactersMax) characters.")
        require(
            (1...ProductLimits.cpuMilliMax).contains(cpuMilli),
            "CPU must be more than 0 and at most \(ProductLimits.cpuMilliMax / 1000) cores.")
        require(
            (ProductLimits.memoryMBMin...ProductLimits.memoryMBMax).contains(memoryMB),
            "Memory must be \(ProductLimits.memoryMBMin) to \(ProductLimits.memoryMBMax) MB.")
        require(
            (0...ProductLimits.memoryMBMax).contains(swapMB ?? 0),
            "Swap must be 0 to \(ProductLimits.memoryMBMax) MB.")
        require((0...100).contains(swappiness ?? 0), "Swappiness must be 0 to 100.")
        let sizes = [
            ("Storage", storageGB), ("Bandwidth", bandwidthGB), ("Local disk", localDiskGB), ("Backup", backupGB),
        ]
        for (what, size) in sizes {
            require(
                (0...ProductLimits.gigabytesMax).contains(size),
                "\(what) must be 0 to \(ProductLimits.gigabytesMax) GB.")
        }
        return problems
    }
}

/// Writes rows of packages.
enum ProductRows {
    static func insert(_ product: Product, at now: Moment, in transaction: any Transaction) throws -> Int64 {
        let id = try transaction.int(
            """
            INSERT INTO products (name, label, cpu_milli, memory_mb, memory_swap_mb, memory_swappiness, storage_gb,
                bandwidth_gb, local_disk_gb, backup_gb, active, created_at, updated_at)
            VALUES (\(product.name), \(product.label), \(product.cpuMilli), \(product.memoryMB), \(product.swapMB),
                \(product.swappiness), \(product.storageGB), \(product.bandwidthGB), \(product.localDiskGB),
                \(product.backupGB), \(product.active), \(now), \(now))
            RETURNING id
            """)
        guard let id else { throw Fault(.bug, "The new package could not be stored.") }
        return id
    }

    static func update(_ product: Product, at now: Moment, in transaction: any Transaction) throws {
        try transaction.run(
            """
            UPDATE products SET label = \(product.label), cpu_milli = \(product.cpuMilli),
                memory_mb = \(product.memoryMB), memory_swap_mb = \(product.swapMB),
                memory_swappiness = \(product.swappiness), storage_gb = \(product.storageGB),
                bandwidth_gb = \(product.bandwidthGB), local_disk_gb = \(product.localDiskGB),
                backup_gb = \(product.backupGB), active = \(product.active), updated_at = \(now)
            WHERE id = \(product.id)
            """)
    }

    /// Sets one price, whether there was one or not.
    static func set(_ price: Price, ofProduct id: Int64, in transaction: any Transaction) throws {
        try transaction.run(
            """
            INSERT INTO billing_plan_products (billing_plan_id, product_id, currency, price_hour_nano)
            VALUES (\(price.planID), \(id), \(price.currency), \(price.hour.nano))
            ON CONFLICT (billing_plan_id, product_id, currency) DO UPDATE
                SET price_hour_nano = excluded.price_hour_nano
            """)
    }
}
