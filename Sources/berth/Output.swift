import ArgumentParser
import Basics
import Foundation

/// Standard output for results, standard error for everything else.
enum Output {
    /// One line of result.
    static func line(_ text: String) { Self.text(text + "\n") }

    /// Text as it is.
    static func text(_ text: String) { FileHandle.standardOutput.write(Data(text.utf8)) }

    /// One JSON object and nothing else.
    static func json(_ body: (inout JSONWriter) -> Void) {
        var writer = JSONWriter()
        writer.object(body)
        line(String(decoding: writer.finish(), as: UTF8.self))
    }

    /// One line for the operator's eyes.
    static func complain(_ text: String) {
        FileHandle.standardError.write(Data(("berth: " + text + "\n").utf8))
    }

    /// Columns, left-aligned, two spaces between.
    static func table(_ titles: [String], _ rows: [[String]]) {
        for row in columns(titles, rows) { line(row) }
    }

    /// The lines of such a table.
    static func columns(_ titles: [String], _ rows: [[String]]) -> [String] {
        let widths = titles.indices.map { column in
            ([titles] + rows).map { $0[column].count }.max() ?? 0
        }
        return ([titles] + rows).map { row in
            var text = Substring(zip(row, widths).map { $0.padded(to: $1) }.joined(separator: "  "))
            while text.last == " " { text.removeLast() }
            return String(text)
        }
    }
}

/// The flag that commands with results share.
struct OutputOptions: ParsableArguments {
    @Flag(help: "Write exactly one JSON object to standard output, and nothing else.")
    var json = false
}
