import Basics
import FoundationEssentials

/// Finds and reads catalogue files.
package enum CatalogueFiles {
    /// Parses a file, or every `.yaml` and `.yml` file of a folder (not of folders inside), by name.
    /// Throws `.invalid` when there is nothing to read; what is wrong inside files is in the second part of the answer.
    package static func parse(_ path: String) throws -> (CatalogueDocument, [CatalogueProblem]) {
        var document = CatalogueDocument()
        var problems: [CatalogueProblem] = []
        for file in try files(path) {
            let text: String
            do {
                text = try read(file)
            } catch {
                problems.append(
                    CatalogueProblem(file: file, line: nil, sentence: error.sentences.joined(separator: " ")))
                continue
            }
            let (part, wrong) = CatalogueParser.parse(text, file: file)
            document.packages += part.packages
            document.images += part.images
            problems += wrong
        }
        return (document, problems)
    }

    private static func files(_ path: String) throws -> [String] {
        var isFolder = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw Fault(.invalid, "There is no file or folder \(path).")
        }
        guard isFolder else { return [path] }
        let folder = path.hasSuffix("/") ? String(path.dropLast()) : path
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: folder)
        } catch {
            throw Fault(.invalid, "The folder \(path) cannot be read.", cause: error)
        }
        let files = names.filter { $0.hasSuffix(".yaml") || $0.hasSuffix(".yml") }.sorted()
        guard !files.isEmpty, files.count <= CatalogueLimits.filesMax else {
            throw Fault(
                .invalid, "The folder \(path) must hold 1 to \(CatalogueLimits.filesMax) .yaml or .yml files.")
        }
        return files.map { "\(folder)/\($0)" }
    }

    private static func read(_ file: String) throws(Fault) -> String {
        guard let data = FileManager.default.contents(atPath: file) else {
            throw Fault(.invalid, "The file cannot be read.")
        }
        guard data.count <= CatalogueLimits.fileBytesMax else {
            throw Fault(.invalid, "The file is larger than \(CatalogueLimits.fileBytesMax) bytes.")
        }
        guard let text = String(validating: data, as: UTF8.self) else {
            throw Fault(.invalid, "The file is not UTF-8 text.")
        }
        return text
    }
}
