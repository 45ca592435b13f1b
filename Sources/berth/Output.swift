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
        line(String(decoding: writer.bytes, as: UTF8.self))
    }

    /// One line for the operator's eyes.
    static func complain(_ text: String) {
        FileHandle.standardError.write(Data(("berth: " + text + "\n").utf8))
    }

    /// Columns, left-aligned, two spaces between.
    static func table(_ titles: [String], _ rows: [[String]]) {
        let widths = titles.indices.map { column in
            ([titles] + rows).map { $0[column].count }.max() ?? 0
        }
        for row in [titles] + rows {
            let cells = zip(row, widths).map { cell, width in
                cell + String(repeating: " ", count: max(0, width - cell.count))
            }
            var text = Substring(cells.joined(separator: "  "))
            while text.last == " " { text.removeLast() }
            line(String(text))
        }
    }
}

/// The flag that commands with results share.
struct OutputOptions: ParsableArguments {
    @Flag(help: "Write exactly one JSON object to standard output, and nothing else.")
    var json = false
}
