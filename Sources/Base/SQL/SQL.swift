package import Basics

/// A statement with its values. Values are interpolated and become binds; they never become text:
///
///     "SELECT name FROM projects WHERE id = \(id) \(.forUpdate)"
///
/// The text uses `$1`, `$2`, … in the order of appearance, which PostgreSQL wants and SQLite understands.
package struct SQL: Sendable, Hashable, ExpressibleByStringInterpolation {
    /// The statement with `$n` binds and `{…}` marks that a driver spells for its dialect when it prepares it.
    package private(set) var text: String
    package private(set) var values: [SQLValue]

    /// Text without values.
    package init(_ text: StaticString) {
        self.text = text.description
        values = []
    }

    package init(stringLiteral text: String) {
        self.text = text
        values = []
    }

    package init(stringInterpolation pieces: Interpolation) {
        text = pieces.text
        values = pieces.values
    }

    /// Collects the text and the binds of an interpolated statement.
    package struct Interpolation: StringInterpolationProtocol {
        var text = ""
        var values: [SQLValue] = []

        package init(literalCapacity: Int, interpolationCount: Int) {
            text.reserveCapacity(literalCapacity + interpolationCount * 3)
        }

        package mutating func appendLiteral(_ literal: String) { text += literal }

        /// A value; it becomes a bind.
        package mutating func appendInterpolation(_ value: SQLValue) {
            values.append(value)
            text += SQL.bind(values.count)
        }

        package mutating func appendInterpolation(_ value: Int64?) {
            appendInterpolation(value.map(SQLValue.int) ?? .null)
        }
        package mutating func appendInterpolation(_ value: Int) { appendInterpolation(.int(Int64(value))) }
        package mutating func appendInterpolation(_ value: String?) {
            appendInterpolation(value.map(SQLValue.text) ?? .null)
        }
        /// Booleans are stored as 0 and 1.
        package mutating func appendInterpolation(_ value: Bool) { appendInterpolation(.int(value ? 1 : 0)) }
        /// Times are stored as milliseconds.
        package mutating func appendInterpolation(_ value: Moment?) {
            appendInterpolation(value.map { SQLValue.int($0.milliseconds) } ?? .null)
        }
        package mutating func appendInterpolation(_ value: Double) { appendInterpolation(.real(value)) }

        /// A word that the two databases spell differently.
        package mutating func appendInterpolation(_ word: DialectWord) { text += word.mark }

        /// Another statement as a part of this one; its binds are renumbered.
        package mutating func appendInterpolation(_ part: SQL) {
            let shift = values.count
            values += part.values
            text += shift == 0 ? part.text : SQL.renumber(part.text, by: shift)
        }

        /// A comma-separated list of binds, for `IN (…)`. An empty list becomes `NULL`, which matches nothing.
        package mutating func appendInterpolation(list: [Int64]) {
            appendBinds(list.count)
            for value in list { values.append(.int(value)) }
        }

        /// A comma-separated list of binds, for `IN (…)`. An empty list becomes `NULL`, which matches nothing.
        package mutating func appendInterpolation(list: [String]) {
            appendBinds(list.count)
            for value in list { values.append(.text(value)) }
        }

        /// `$4, $5, $6` for `count` values that are about to follow three.
        private mutating func appendBinds(_ count: Int) {
            values.reserveCapacity(values.count + count)
            text += count == 0 ? "NULL" : SQL.binds(values.count + 1, values.count + count)
        }
    }

    private static func bind(_ number: Int) -> String { String(binds(number, number)) }

    /// `$first, …, $last`, cut out of one text: lists of ids have many, and making each anew was 2 % of a page.
    private static func binds(_ first: Int, _ last: Int) -> Substring {
        guard last <= bindsMax else { return Substring((first...last).map { "$\($0)" }.joined(separator: ", ")) }
        return allBinds.text[allBinds.starts[first - 1]..<allBinds.ends[last - 1]]
    }

    private static let bindsMax = 300
    private static let allBinds: (text: String, starts: [String.Index], ends: [String.Index]) = {
        let text = (1...bindsMax).map { "$\($0)" }.joined(separator: ", ")
        let words = text.split(separator: ", ")
        return (text, words.map(\.startIndex), words.map(\.endIndex))
    }()

    /// `$3` → `$(3 + shift)`. Statement text holds no `$` outside binds.
    private static func renumber(_ text: String, by shift: Int) -> String {
        // Byte by byte: going by characters took longer than the statements themselves.
        var result = ""
        result.reserveCapacity(text.utf8.count + 8)
        var rest = text.utf8[...]
        while let dollar = rest.firstIndex(of: UInt8(ascii: "$")) {
            let start = rest.index(after: dollar)
            let end = rest[start...].firstIndex { $0 < UInt8(ascii: "0") || $0 > UInt8(ascii: "9") } ?? rest.endIndex
            result += text[rest.startIndex..<start]
            result += String((Int(text[start..<end]) ?? 0) + shift)
            rest = rest[end...]
        }
        return result + text[rest.startIndex...]
    }
}

/// What can be bound.
package enum SQLValue: Sendable, Hashable {
    case null
    case int(Int64)
    case real(Double)
    case text(String)
}

/// The words that differ between SQLite and PostgreSQL. This file and the drivers know them, nobody else.
package enum DialectWord: String, Sendable, CaseIterable {
    /// Row lock for the rest of the transaction. Nothing on SQLite, whose writer is alone anyway.
    case forUpdate
    /// Row lock that leaves out rows locked by others.
    case forUpdateSkipLocked
    /// An integer primary key that the database counts up and never hands out twice.
    case identity

    /// How the word stands in ``SQL/text`` until a driver prepares the statement.
    package var mark: String { "{\(rawValue)}" }

    /// The spelling.
    package func spelling(_ dialect: Dialect) -> String {
        switch (self, dialect) {
        case (.forUpdate, .sqlite), (.forUpdateSkipLocked, .sqlite): ""
        case (.forUpdate, .postgres): "FOR UPDATE"
        case (.forUpdateSkipLocked, .postgres): "FOR UPDATE SKIP LOCKED"
        case (.identity, .sqlite): "INTEGER PRIMARY KEY AUTOINCREMENT"
        case (.identity, .postgres): "BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY"
        }
    }
}

/// The two databases we speak to.
package enum Dialect: String, Sendable, CaseIterable {
    case sqlite
    case postgres

    /// `text` with every mark replaced by this dialect's spelling.
    package func spell(_ text: String) -> String {
        guard text.contains("{") else { return text }
        var result = text
        for word in DialectWord.allCases {
            result = result.split(separator: word.mark, omittingEmptySubsequences: false)
                .joined(separator: word.spelling(self))
        }
        return result
    }
}
