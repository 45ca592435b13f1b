import Basics
import Logging
import NIOCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// `berth serve`: logs, database, then the assembly.
package enum Serving {
    /// Exit status after the disk failed: the supervisor starts us again, and the database is looked at anew.
    private static let exitAfterDiskFailure: Int32 = 70

    /// Serves until a signal ends it.
    package static func run(_ settings: Settings) async throws {
        LoggingSystem.bootstrap { JSONLogHandler(label: $0, level: settings.logLevel) }
        let logger = Logger(label: "berth")
        for name in settings.unknownNames {
            logger.warning("This variable means nothing to Berth; is it misspelt?", metadata: ["name": .string(name)])
        }
        // A client that hangs up must not end the process.
        signal(SIGPIPE, SIG_IGN)
        // Requests are worked on by Swift's own threads, one per core; the event loops only read and write. With as
        // many of them again the threads push each other off the cores: with half, a page of a list costs 12 % less.
        NIOSingletons.groupLoopCountSuggestion = max(System.coreCount / 2, 1)
        let database = try await OpenDatabase.open(settings, forServing: true) { problem in
            logger.critical(
                "The disk failed; stopping so that nothing false is promised", metadata: ["problem": .string(problem)])
            exit(exitAfterDiskFailure)
        }
        try await Assembly(settings: settings, database: database, logger: logger).serve()
    }
}
