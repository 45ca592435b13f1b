#if FAILPOINTS
    import Basics
    import Foundation
    import Synchronization

    /// Failpoints as `BERTH_FAIL`, `BERTH_FAIL_REACHED` and `BERTH_FAIL_TRACE` say; see ``Failpoints``.
    enum FailpointEnvironment {
        private enum Action: String {
            case kill
            case error
            case hang
        }

        static func read() -> Failpoints {
            let environment = ProcessInfo.processInfo.environment
            let actions = parse(environment["BERTH_FAIL"] ?? "")
            let (reached, trace) = (environment["BERTH_FAIL_REACHED"], environment["BERTH_FAIL_TRACE"])
            if actions.isEmpty, trace == nil { return .none }
            return Failpoints { passed in
                let point = withoutNumbers(passed)
                if let trace { append(point, to: trace) }
                guard let action = actions[point] else { return }
                if let reached { append(point, to: reached) }
                switch action {
                case .kill:
                    kill(getpid(), SIGKILL)
                    // The signal may take a moment; nothing may be done meanwhile.
                    while true { pause() }
                case .error: throw Fault(.bug, "The failpoint \(point) was reached.")
                case .hang: try await Task.sleep(for: .seconds(86_400))
                }
            }
        }

        /// Steps that are done once per thing carry its number, `create#17`. A point means all of them, because nobody
        /// who sets one knows the numbers beforehand.
        private static func withoutNumbers(_ point: String) -> String {
            var result = ""
            var isNumber = false
            for character in point {
                isNumber = character == "#" || (isNumber && character.isNumber)
                if !isNumber { result.append(character) }
            }
            return result
        }

        private static func parse(_ text: String) -> [String: Action] {
            var actions: [String: Action] = [:]
            for entry in text.split(separator: ",") {
                guard let colon = entry.lastIndex(of: ":"),
                    let action = Action(rawValue: String(entry[colon...].dropFirst()))
                else { continue }
                actions[String(entry[..<colon])] = action
            }
            return actions
        }

        /// One write each, so that lines of several threads and processes do not mix.
        private static func append(_ line: String, to path: String) {
            let file = open(path, O_WRONLY | O_CREAT | O_APPEND, 0o644)
            guard file >= 0 else { return }
            let bytes = Array((line + "\n").utf8)
            _ = bytes.withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
            close(file)
        }
    }
#endif
