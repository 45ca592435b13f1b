package import Basics

/// A package as catalogue files have it.
package struct PackageEntry: Sendable, Hashable {
    /// What the package costs per hour in one billing plan.
    package struct PlanPrice: Sendable, Hashable {
        /// The name of a billing plan; nil for the default one.
        package var plan: String?
        /// Three capital letters.
        package var currency: String
        package var hour: Money

        package init(plan: String? = nil, currency: String = "USD", hour: Money) {
            self.plan = plan
            self.currency = currency
            self.hour = hour
        }
    }

    /// Its id is 0 when it was read from a file.
    package var product: Product
    package var prices: [PlanPrice]

    package init(product: Product, prices: [PlanPrice]) {
        self.product = product
        self.prices = prices
    }
}

/// An image with all that belongs to it, as catalogue files have it. Ids and times are 0 when it was read from a file.
package struct ImageEntry: Sendable, Hashable {
    /// Another image that services of this one need beside them.
    package struct Requires: Sendable, Hashable {
        /// The name of the other image.
        package var image: String
        /// The tag of the variant to order when nobody chose one; nil for the other image's default.
        package var tag: String?
    }

    package var image: Image
    package var variants: [ImageVariant]
    package var environment: [EnvParam]
    package var settings: [SettingParam]
    package var ports: [PortParam]
    package var volumes: [VolumeParam]
    package var requires: [Requires]
}

/// What catalogue files say.
package struct CatalogueDocument: Sendable {
    /// Something and where it was read.
    package struct Placed<Value: Sendable>: Sendable {
        package var value: Value
        package var file: String
        /// From 1.
        package var line: Int
        /// Lines of its parts: `env.0`, `requires.2`.
        package var lines: [String: Int] = [:]

        func line(of part: String) -> Int { lines[part] ?? line }
    }

    package var packages: [Placed<PackageEntry>] = []
    package var images: [Placed<ImageEntry>] = []
}

/// Something wrong in a catalogue file.
package struct CatalogueProblem: Error, Sendable, Hashable, CustomStringConvertible {
    package let file: String
    /// From 1; nil when it is about the whole file.
    package let line: Int?
    /// A full sentence.
    package let sentence: String

    package var description: String {
        line.map { "\(file):\($0): \(sentence)" } ?? "\(file): \(sentence)"
    }
}

/// Bounds of catalogue files. They are the operator's own, so these catch mistakes, not attacks.
enum CatalogueLimits {
    static let filesMax = 2000
    static let fileBytesMax = 1_048_576
    static let listItemsMax = 250
    static let nameCharactersMax = 63
    static let labelCharactersMax = 100
    /// Values of settings and of the environment; the kernel takes 128 KB per variable.
    static let textCharactersMax = 10_000
}
