import Basics
import Foundation

/// Lines of the table, and the same as JSON.
struct Report {
    enum Bound {
        case atLeast(Double)
        case atMost(Double)

        var number: Double {
            switch self {
            case .atLeast(let n), .atMost(let n): n
            }
        }
        var text: String {
            switch self {
            case .atLeast(let n): "≥ \(n.short)"
            case .atMost(let n): "≤ \(n.short)"
            }
        }

        func holds(_ value: Double) -> Bool {
            switch self {
            case .atLeast(let number): value >= number
            case .atMost(let number): value <= number
            }
        }
    }

    private struct Line {
        let name: String
        let value: Double
        let unit: String
        /// Lowest and highest of the rounds.
        let spread: ClosedRange<Double>?
        let floor: Bound?
        let goal: Bound?

        var verdict: String {
            guard let floor else { return "" }
            if !floor.holds(value) { return "MISS" }
            return goal.map { $0.holds(value) } ?? true ? "goal" : "floor"
        }
    }

    private var lines: [Line] = []

    var missed: [String] { lines.filter { $0.verdict == "MISS" }.map(\.name) }

    mutating func add(
        _ name: String, _ value: Double, _ unit: String, spread: ClosedRange<Double>? = nil, floor: Bound? = nil,
        goal: Bound? = nil
    ) {
        let line = Line(name: name, value: value, unit: unit, spread: spread, floor: floor, goal: goal)
        lines.append(line)
        say(Self.text(line))
    }

    static func head() {
        say(row("", "measured", "rounds", "floor", "goal", ""))
    }

    private static func text(_ line: Line) -> String {
        row(
            line.name, "\(line.value.short) \(line.unit)",
            line.spread.map { "\($0.lowerBound.short)–\($0.upperBound.short)" } ?? "", line.floor?.text ?? "",
            line.goal?.text ?? "", line.verdict)
    }

    private static func row(_ cells: String...) -> String {
        zip(cells, [46, 14, 16, 10, 10, 6]).map { cell, width in
            cell + String(repeating: " ", count: max(0, width - cell.count))
        }.joined(separator: " ")
    }

    /// All lines and the facts about the run.
    func write(to path: String, facts: [String: JSONValue]) throws {
        var lists: [JSONValue] = []
        for line in lines {
            var members: [String: JSONValue] = [
                "name": .string(line.name.drop { $0 == " " }.description), "value": .number(line.value),
                "unit": .string(line.unit),
            ]
            if let spread = line.spread {
                members["rounds_min"] = .number(spread.lowerBound)
                members["rounds_max"] = .number(spread.upperBound)
            }
            if let floor = line.floor { members["floor"] = .number(floor.number) }
            if let goal = line.goal { members["goal"] = .number(goal.number) }
            if line.floor != nil { members["verdict"] = .string(line.verdict.lowercased()) }
            lists.append(.object(members))
        }
        let document = JSONValue.object(["facts": .object(facts), "results": .array(lists)])
        try (document.compact + "\n").write(toFile: path, atomically: true, encoding: .utf8)
    }
}

extension Double {
    /// Three digits that matter, or all of a large number.
    var short: String {
        let digits = abs(self) >= 100 ? 0 : abs(self) >= 10 ? 1 : 2
        return String(format: "%.\(digits)f", self)
    }
}

extension [Double] {
    /// The middle one; 0 of none.
    var median: Double {
        let sorted = sorted()
        guard let last = sorted.last else { return 0 }
        let middle = count / 2
        return count.isMultiple(of: 2)
            ? (sorted[middle - 1] + sorted[middle]) / 2 : middle < count ? sorted[middle] : last
    }

    var spread: ClosedRange<Double>? {
        guard let low = self.min(), let high = self.max() else { return nil }
        return low...high
    }
}

/// Writes a line to standard output, at once.
func say(_ line: String) { FileHandle.standardOutput.write(Data("\(line)\n".utf8)) }
