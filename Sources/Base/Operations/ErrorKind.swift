import Basics
import SQL

/// What an error means for those who could try again.
package enum ErrorKind: Sendable, Hashable {
    /// The same may succeed later: something does not answer or is too busy.
    case transient
    /// Nobody thought about this error: try a few times.
    case unknown
    /// Trying again would give the same error.
    case permanent

    package init(_ error: any Error) {
        switch error {
        case let fault as Fault:
            if fault.isTransient {
                self = .transient
            } else if fault.code == .bug, let cause = fault.cause {
                // `during` makes a `.bug` of every error it does not know; the cause tells more.
                self = ErrorKind(cause)
            } else {
                self = .permanent
            }
        case DatabaseProblem.unavailable: self = .transient
        case is DatabaseProblem: self = .permanent
        default: self = .unknown
        }
    }
}

extension Fault {
    /// `error` as a fault; what is none becomes the fixed sentence for our own mistakes.
    init(wrapping error: any Error) {
        if let fault = error as? Fault {
            self = fault
        } else {
            self.init(.bug, "Something went wrong on our side.", cause: error)
        }
    }

    /// For people who may see the operation; the cause is for the log.
    var sentence: String { sentences.joined(separator: " ") }
}

/// A failed step's error as it is stored, so that a resumed run gets the same one.
struct StoredFault: Codable {
    var code: String
    var sentences: [String]

    init(_ fault: Fault) {
        code = fault.code.rawValue
        sentences = fault.sentences
    }

    var fault: Fault { Fault(Fault.Code(rawValue: code) ?? .bug, sentences) }
}

extension RetryPolicy {
    /// Whether another try may follow try number `attempt` (1, 2, …), `elapsed` after the first began.
    func allowsAnother(after attempt: Int, elapsed: Duration, _ kind: ErrorKind) -> Bool {
        switch kind {
        case .permanent: false
        case .unknown: attempt < unknownAttemptsMax && elapsed < timeMax
        case .transient: attempt < attemptsMax && elapsed < timeMax
        }
    }

    /// How long to wait after try number `attempt`.
    func pause(after attempt: Int) -> Duration {
        let doubled = pauseMin * (1 << min(max(attempt - 1, 0), 20))
        return min(doubled, pauseMax) * Double.random(in: 0.75...1.25)
    }

    /// For undoing, which is never given up.
    static let undo = RetryPolicy(pauseMax: .seconds(300))
}
