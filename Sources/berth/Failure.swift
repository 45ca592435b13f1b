import ArgumentParser
import Basics
import Foundation
import SQL
import Server

/// How a command ends that did not succeed: sentences on standard error and an exit status of `sysexits.h`.
enum Failure {
    /// EX_DATAERR: what was given is understood but wrong.
    static let badData: Int32 = 65
    /// EX_UNAVAILABLE: something we depend on does not answer.
    static let unavailable: Int32 = 69
    /// EX_SOFTWARE: we made a mistake.
    static let bug: Int32 = 70
    /// EX_NOPERM: the caller may not do this.
    static let notPermitted: Int32 = 77

    /// Ends the process. Errors of the argument parser, help included, keep their own text and status (64 or 0).
    static func end(with error: any Error) -> Never {
        guard let (status, sentences) = describe(error) else { BerthCommand.exit(withError: error) }
        for sentence in sentences { Output.complain(sentence) }
        exit(status)
    }

    private static func describe(_ error: any Error) -> (Int32, [String])? {
        switch error {
        case let fault as Fault:
            let isOurs = fault.code == .bug
            return (status(fault.code), isOurs ? [fault.logLine] : fault.sentences)
        case let problems as SettingsProblems: return (badData, problems.sentences)
        case DatabaseProblem.unavailable(let detail):
            return (unavailable, ["The database does not answer: \(detail). Check BERTH_DATABASE_URL."])
        case let problem as DatabaseProblem: return (bug, ["The database refused: \(problem)."])
        case is CancellationError: return (unavailable, ["Interrupted."])
        default: return nil
        }
    }

    /// No default: a new code must choose.
    private static func status(_ code: Fault.Code) -> Int32 {
        switch code {
        case .malformed, .notFound, .conflict, .invalid: badData
        case .unauthenticated, .forbidden: notPermitted
        case .throttled, .unavailable: unavailable
        case .bug: bug
        }
    }
}
