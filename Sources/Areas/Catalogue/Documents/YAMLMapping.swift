import Basics
import Yams

/// Collects what is wrong in one file.
final class ProblemCollector {
    let file: String
    private(set) var problems: [CatalogueProblem] = []

    init(file: String) { self.file = file }

    func note(_ line: Int?, _ sentence: String) {
        problems.append(CatalogueProblem(file: file, line: line, sentence: sentence))
    }
}

/// One `key: value` block of a YAML file. Values are read as they are written: `1.0` stays a text until somebody asks
/// for a number, and only `true` and `false` are booleans.
struct YAMLMapping {
    private let values: [String: Node]
    private let collector: ProblemCollector
    /// Where the block begins.
    let line: Int

    /// nil – and a problem – when `node` is not a block. Keys that are not in `known` are problems.
    init?(_ node: Node, what: String, known: [String], _ collector: ProblemCollector) {
        let line = node.mark?.line ?? 1
        guard case .mapping(let mapping) = node else {
            collector.note(line, "Here must be \(what): \"key: value\" lines.")
            return nil
        }
        var values: [String: Node] = [:]
        for (key, value) in mapping {
            guard let name = key.scalar?.string, known.contains(name) else {
                let name = key.scalar?.string ?? "this"
                collector.note(
                    key.mark?.line, "There is no key \"\(name)\" in \(what). Known: \(known.joined(separator: ", ")).")
                continue
            }
            if !Self.isNull(value) { values[name] = value }
        }
        self.values = values
        self.collector = collector
        self.line = line
    }

    func has(_ key: String) -> Bool { values[key] != nil }

    /// The line of a key's value, or of the block.
    func line(_ key: String) -> Int { values[key]?.mark?.line ?? line }

    func note(_ key: String, _ sentence: String) { collector.note(line(key), sentence) }

    /// nil when absent, or not one text (then with a problem).
    func text(_ key: String, max: Int = CatalogueLimits.textCharactersMax) -> String? {
        guard let node = values[key] else { return nil }
        guard let text = node.scalar?.string else {
            note(key, "\"\(key)\" must be a text.")
            return nil
        }
        guard text.count <= max, !text.contains("\0") else {
            note(key, "\"\(key)\" must have at most \(max) characters.")
            return nil
        }
        return text
    }

    /// A text that must be there; "" and a problem when it is not.
    func required(_ key: String, max: Int = CatalogueLimits.labelCharactersMax) -> String {
        guard has(key) else {
            collector.note(line, "\"\(key)\" is missing.")
            return ""
        }
        let text = text(key, max: max) ?? ""
        if text.isEmpty { note(key, "\"\(key)\" must not be empty.") }
        return text
    }

    func integer(_ key: String, in range: ClosedRange<Int64>, default fallback: Int64 = 0) -> Int64 {
        guard has(key) else { return fallback }
        guard let text = text(key), !text.hasPrefix("+"), let number = Int64(text), range.contains(number) else {
            note(key, "\"\(key)\" must be a whole number from \(range.lowerBound) to \(range.upperBound).")
            return fallback
        }
        return number
    }

    /// A number in thousandths, such as `0.5`.
    func thousandths(_ key: String) -> Int64 {
        guard has(key) else { return 0 }
        guard let nano = text(key).flatMap(Decimal9.parse), nano >= 0, nano.isMultiple(of: 1_000_000) else {
            note(key, "\"\(key)\" must be a number with up to three decimals, such as 0.5.")
            return 0
        }
        return nano / 1_000_000
    }

    func money(_ key: String) -> Money? {
        guard has(key) else { return nil }
        guard let money = text(key).flatMap(Money.init(decimal:)), money.nano >= 0 else {
            note(key, "\"\(key)\" must be a price such as 0.01, with up to nine decimals.")
            return nil
        }
        return money
    }

    func bool(_ key: String, default fallback: Bool = false) -> Bool {
        guard has(key) else { return fallback }
        switch text(key) {
        case "true": return true
        case "false": return false
        default:
            note(key, "\"\(key)\" must be true or false.")
            return fallback
        }
    }

    /// One of the words of `Word`.
    func word<Word: RawRepresentable & CaseIterable>(_ key: String, default fallback: Word) -> Word
    where Word.RawValue == String {
        guard has(key) else { return fallback }
        if let word = text(key).flatMap(Word.init(rawValue:)) { return word }
        note(key, "\"\(key)\" must be one of \(Word.allCases.map(\.rawValue).joined(separator: ", ")).")
        return fallback
    }

    /// The items of a list; empty when absent.
    func list(_ key: String) -> [Node] {
        guard let node = values[key] else { return [] }
        guard case .sequence(let sequence) = node, sequence.count <= CatalogueLimits.listItemsMax else {
            note(key, "\"\(key)\" must be a list of at most \(CatalogueLimits.listItemsMax) items (\"- …\" lines).")
            return []
        }
        return Array(sequence)
    }

    /// A list of texts.
    func texts(_ key: String) -> [String] {
        list(key).compactMap { node in
            if let text = node.scalar?.string { return text }
            collector.note(node.mark?.line, "An item of \"\(key)\" must be a text.")
            return nil
        }
    }

    /// A block of texts by name.
    func dictionary(_ key: String) -> [String: String] {
        guard let node = values[key] else { return [:] }
        guard case .mapping(let mapping) = node, mapping.count <= CatalogueLimits.listItemsMax else {
            note(key, "\"\(key)\" must be \"name: text\" lines.")
            return [:]
        }
        var result: [String: String] = [:]
        for (key, value) in mapping {
            guard let name = key.scalar?.string, let text = value.scalar?.string else {
                collector.note(key.mark?.line, "This must be \"name: text\".")
                continue
            }
            result[name] = text
        }
        return result
    }

    private static func isNull(_ node: Node) -> Bool {
        guard let scalar = node.scalar, scalar.style == .plain || scalar.style == .any else { return false }
        return ["", "~", "null"].contains(scalar.string)
    }
}
