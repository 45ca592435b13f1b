import Basics
import Foundation

/// What the command line asked for.
struct Options {
    static let usage = """
        script/bench [OPTIONS]

        Measures the optimised server next to a bare Hummingbird "hello" in the same run, and the durable parts next
        to the disk. Prints a table and writes var/bench.json. docs/benchmarks.md explains the numbers.

          --quick            rounds of one second: to see that it works, not to compare
          --rounds N         rounds of each measurement, interleaved (3)
          --seconds N        length of a round (4)
          --only http|work   only the requests, or only what runs in this process
          --strict           exit status 1 when a floor is missed
          --help             this text
        """

    var seconds = 4
    var rounds = 3
    var isStrict = false
    var http = true
    var work = true
    var berth = ""
    var hello = ""
    /// On the disk that is to be measured.
    var folder = "var/bench"
    var output = "var/bench.json"

    init(_ arguments: [String]) throws {
        var rest = arguments[...]
        while let option = rest.popFirst() {
            switch option {
            case "--quick": (seconds, rounds) = (1, 2)
            case "--strict": isStrict = true
            case "--rounds": rounds = try Self.number(&rest, option)
            case "--seconds": seconds = try Self.number(&rest, option)
            case "--berth": berth = try Self.text(&rest, option)
            case "--hello": hello = try Self.text(&rest, option)
            case "--folder": folder = try Self.text(&rest, option)
            case "--output": output = try Self.text(&rest, option)
            case "--only":
                let part = try Self.text(&rest, option)
                guard ["http", "work"].contains(part) else { throw Fault(.invalid, "--only takes http or work.") }
                (http, work) = (part == "http", part == "work")
            case "--help", "-h":
                say(Self.usage)
                exit(0)
            default: throw Fault(.invalid, "Unknown option \(option); see script/bench --help.")
            }
        }
    }

    private static func text(_ rest: inout ArraySlice<String>, _ option: String) throws -> String {
        guard let value = rest.popFirst() else { throw Fault(.invalid, "\(option) needs a value.") }
        return value
    }

    private static func number(_ rest: inout ArraySlice<String>, _ option: String) throws -> Int {
        guard let value = Int(try text(&rest, option)), (1...3600).contains(value) else {
            throw Fault(.invalid, "\(option) takes a number of at least 1.")
        }
        return value
    }
}
