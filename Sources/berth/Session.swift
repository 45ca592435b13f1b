import Basics
import Foundation
import SQL
import Server

/// What a command works with: the settings, and the database they name.
struct Session {
    let settings: Settings
    let database: any Database

    /// The settings of this process; says which `BERTH_*` variables mean nothing.
    static func settings(_ flags: SettingsFlags = SettingsFlags()) throws -> Settings {
        let settings = try Settings.load(environment: ProcessInfo.processInfo.environment, flags: flags)
        for name in settings.unknownNames {
            Output.complain("\(name) is not a setting and is ignored. `berth config` lists the settings.")
        }
        return settings
    }

    /// Runs `body` with the database, which must be up to date, and closes it.
    static func open<T>(_ body: (Session) async throws -> T) async throws -> T {
        try await openUnmigrated { session in
            let missing = try await Migrator().missingSteps(session.database)
            guard missing.isEmpty else {
                throw Fault(
                    .conflict,
                    "The database is not up to date: \(missing.count) schema steps are missing. "
                        + "Run: berth migrate")
            }
            return try await body(session)
        }
    }

    /// The same without looking at the schema.
    static func openUnmigrated<T>(_ body: (Session) async throws -> T) async throws -> T {
        let settings = try settings()
        let database = try await OpenDatabase.open(settings)
        let result: Result<T, any Error>
        do {
            result = .success(try await body(Session(settings: settings, database: database)))
        } catch {
            result = .failure(error)
        }
        await database.close()
        return try result.get()
    }
}
