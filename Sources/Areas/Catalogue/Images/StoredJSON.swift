import Basics
import FoundationEssentials

/// The small JSON documents in TEXT columns: a list of strings, a dictionary of strings. Unreadable text counts as
/// empty, since only this module writes it.
enum StoredJSON {
    static func strings(_ text: String) -> [String] {
        if text == "[]" { return [] }
        return (try? JSONDecoder().decode([String].self, from: Data(text.utf8))) ?? []
    }

    static func dictionary(_ text: String) -> [String: String] {
        if text == "{}" { return [:] }
        return (try? JSONDecoder().decode([String: String].self, from: Data(text.utf8))) ?? [:]
    }

    static func text(_ list: [String]) -> String {
        var writer = JSONWriter()
        writer.array { writer in
            for item in list { writer.value(item) }
        }
        return String(decoding: writer.finish(), as: UTF8.self)
    }

    /// Keys are sorted, so that equal dictionaries are equal text.
    static func text(_ dictionary: [String: String]) -> String {
        var writer = JSONWriter()
        writer.object { writer in
            for (key, value) in dictionary.sorted(by: { $0.key < $1.key }) {
                writer.key(text: key)
                writer.value(value)
            }
        }
        return String(decoding: writer.finish(), as: UTF8.self)
    }
}
