import Basics
import Yams

/// Reads the text of a catalogue file: any number of YAML documents, each with `packages:` and `images:`, or with one
/// `image:`. docs/catalogue.md describes the keys.
package enum CatalogueParser {
    /// What the file says and everything that is wrong with it by itself. What depends on other files is for
    /// ``CatalogueCheck``.
    package static func parse(_ text: String, file: String) -> (CatalogueDocument, [CatalogueProblem]) {
        let collector = ProblemCollector(file: file)
        var document = CatalogueDocument()
        do {
            let parser = try Parser(yaml: text)
            while let root = try parser.nextRoot() { read(root, into: &document, collector) }
        } catch let error as YamlError {
            let (line, sentence) = describe(error)
            collector.note(line, sentence)
        } catch {
            collector.note(nil, "This is not YAML: \(error).")
        }
        if document.packages.isEmpty, document.images.isEmpty, collector.problems.isEmpty {
            collector.note(nil, "The file has neither packages nor images.")
        }
        return (document, collector.problems)
    }

    private static func read(_ root: Node, into document: inout CatalogueDocument, _ collector: ProblemCollector) {
        // A document with nothing but comments.
        if root.scalar?.string == "" { return }
        let known = ["packages", "image", "images"]
        guard let mapping = YAMLMapping(root, what: "a catalogue file", known: known, collector) else { return }
        for node in mapping.list("packages") {
            if let package = PackageReader.read(node, collector) { document.packages.append(package) }
        }
        var images = mapping.list("images")
        if case .mapping(let top) = root, let single = top["image"] { images.append(single) }
        for node in images {
            if let image = ImageReader.read(node, collector) { document.images.append(image) }
        }
    }

    private static func describe(_ error: YamlError) -> (Int?, String) {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            (mark.line, "This is not YAML: \(problem).")
        case .duplicatedKeysInMapping(let duplicates, let context):
            (context.mark.line, "A key stands here twice: \(duplicates.joined(separator: ", ")).")
        case .reader(let problem, _, _, _): (nil, "This is not YAML: \(problem).")
        default: (nil, "This is not YAML: \(error).")
        }
    }
}

/// Reads one package.
enum PackageReader {
    static func read(_ node: Node, _ collector: ProblemCollector) -> CatalogueDocument.Placed<PackageEntry>? {
        let known = [
            "name", "label", "cpu", "memory", "swap", "swappiness", "storage", "bandwidth", "local_disk", "backup",
            "active", "price_hour", "prices",
        ]
        guard let mapping = YAMLMapping(node, what: "a package", known: known, collector) else { return nil }
        let name = mapping.required("name")
        let gigabytes = 0...ProductLimits.gigabytesMax
        let megabytes = 0...ProductLimits.memoryMBMax
        let product = Product(
            name: name, label: mapping.text("label") ?? name, cpuMilli: mapping.thousandths("cpu"),
            memoryMB: mapping.integer("memory", in: megabytes),
            swapMB: mapping.has("swap") ? mapping.integer("swap", in: megabytes) : nil,
            swappiness: mapping.has("swappiness") ? mapping.integer("swappiness", in: 0...100) : nil,
            storageGB: mapping.integer("storage", in: gigabytes),
            bandwidthGB: mapping.integer("bandwidth", in: gigabytes),
            localDiskGB: mapping.integer("local_disk", in: gigabytes),
            backupGB: mapping.integer("backup", in: gigabytes), active: mapping.bool("active", default: true))
        if !name.isEmpty {
            for problem in product.problems { collector.note(mapping.line, problem) }
        }
        return CatalogueDocument.Placed(
            value: PackageEntry(product: product, prices: prices(mapping, collector)), file: collector.file,
            line: mapping.line)
    }

    private static func prices(_ mapping: YAMLMapping, _ collector: ProblemCollector) -> [PackageEntry.PlanPrice] {
        if mapping.has("price_hour"), mapping.has("prices") {
            mapping.note("prices", "Give either \"price_hour\" (the default plan) or \"prices\" (all plans).")
        }
        if let hour = mapping.money("price_hour") { return [PackageEntry.PlanPrice(hour: hour)] }
        var prices: [PackageEntry.PlanPrice] = []
        for node in mapping.list("prices") {
            let known = ["plan", "currency", "hour"]
            guard let price = YAMLMapping(node, what: "a price", known: known, collector) else { continue }
            if !price.has("hour") { price.note("hour", "\"hour\" is missing.") }
            guard let hour = price.money("hour") else { continue }
            let currency = price.text("currency") ?? Price.defaultCurrency
            if currency.utf8.count != 3 || !currency.utf8.allSatisfy({ (65...90).contains($0) }) {
                price.note("currency", "\"currency\" must be three capital letters, such as USD.")
            }
            let entry = PackageEntry.PlanPrice(plan: price.text("plan"), currency: currency, hour: hour)
            if prices.contains(where: { $0.plan == entry.plan && $0.currency == entry.currency }) {
                collector.note(price.line, "This plan and currency have a price already.")
            }
            prices.append(entry)
        }
        return prices
    }
}
