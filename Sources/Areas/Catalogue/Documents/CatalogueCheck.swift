import Basics

/// Checks what one file alone cannot tell: names that stand twice, images that require each other, and variables that
/// reach into other images.
package enum CatalogueCheck {
    /// What the check found.
    package struct Result: Sendable {
        package var problems: [CatalogueProblem] = []
        /// Things that may be right: images that are required but were not seen.
        package var warnings: [CatalogueProblem] = []
    }

    /// - Parameters:
    ///   - stored: what the database has, by name; files win.
    ///   - isComplete: an image that is neither in the files nor stored is a problem, not a warning.
    package static func check(
        _ document: CatalogueDocument, stored: [String: ImageEntry] = [:], isComplete: Bool
    ) -> Result {
        var result = Result()
        var images = stored
        for placed in document.images { images[placed.value.image.name] = placed.value }
        result.problems += duplicates(document.packages.map { ($0.value.product.name, $0.file, $0.line) }, "package")
        result.problems += duplicates(document.images.map { ($0.value.image.name, $0.file, $0.line) }, "image")
        for placed in document.images {
            checkRequirements(placed, images, isComplete, &result)
            checkVariables(placed, images, &result)
            checkCycle(placed, images, &result)
        }
        return result
    }

    private static func duplicates(_ names: [(String, String, Int)], _ noun: String) -> [CatalogueProblem] {
        var seen: Set<String> = []
        return names.compactMap { name, file, line in
            guard !name.isEmpty, !seen.insert(name).inserted else { return nil }
            return CatalogueProblem(file: file, line: line, sentence: "There is another \(noun) named \(name).")
        }
    }

    private static func checkRequirements(
        _ placed: CatalogueDocument.Placed<ImageEntry>, _ images: [String: ImageEntry], _ isComplete: Bool,
        _ result: inout Result
    ) {
        for (index, requirement) in placed.value.requires.enumerated() where !requirement.image.isEmpty {
            func problem(_ sentence: String) -> CatalogueProblem {
                CatalogueProblem(file: placed.file, line: placed.line(of: "requires.\(index)"), sentence: sentence)
            }
            guard let other = images[requirement.image] else {
                let missing = problem("The required image \(requirement.image) was not found.")
                if isComplete { result.problems.append(missing) } else { result.warnings.append(missing) }
                continue
            }
            if requirement.image == placed.value.image.name {
                result.problems.append(problem("An image cannot require itself."))
            }
            if let tag = requirement.tag, !other.variants.contains(where: { $0.tag == tag }) {
                result.problems.append(problem("The image \(requirement.image) has no variant \(tag)."))
            }
        }
    }

    private static func checkVariables(
        _ placed: CatalogueDocument.Placed<ImageEntry>, _ images: [String: ImageEntry], _ result: inout Result
    ) {
        let required = placed.value.requires.map { images[$0.image] }
        // What an image that was not seen would offer, nobody knows.
        let unseen = required.contains { $0 == nil }
        let variables = AvailableVariables(
            settings: placed.value.settings.map(\.name),
            dependencies: required.compactMap { other in
                other.map {
                    AvailableVariables.Dependency(
                        role: $0.image.role, settings: $0.settings.map(\.name), environment: $0.environment.map(\.name))
                }
            })
        for (index, param) in placed.value.environment.enumerated() where param.kind == .variable {
            if variables.contains(param.value) { continue }
            if unseen, param.value.hasPrefix("dep."), Variable(path: param.value) != nil { continue }
            result.problems.append(
                CatalogueProblem(
                    file: placed.file, line: placed.line(of: "env.\(index)"),
                    sentence: "There is no variable \(param.value) for this image. "
                        + "Known: \(variables.list.joined(separator: ", ")).", ))
        }
    }

    private static func checkCycle(
        _ placed: CatalogueDocument.Placed<ImageEntry>, _ images: [String: ImageEntry], _ result: inout Result
    ) {
        let start = placed.value.image.name
        var seen: Set<String> = []
        var queue = placed.value.requires.map(\.image).filter { $0 != start }
        while let name = queue.popLast() {
            guard seen.insert(name).inserted, let entry = images[name] else { continue }
            for next in entry.requires.map(\.image) {
                if next == start {
                    result.problems.append(
                        CatalogueProblem(
                            file: placed.file, line: placed.line(of: "requires.0"),
                            sentence: "The images \(start) and \(name) require each other."))
                    return
                }
                queue.append(next)
            }
        }
    }
}
