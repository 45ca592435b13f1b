// A worker in a process of its own, for tests that kill and stop it:
//
//     OperationsProbe DATABASE NAME EFFECTS_FILE
//
// DATABASE is `sqlite:PATH` or the address of a PostgreSQL database. Each effect appends a line
// `<time> <name> <operation> <fence> <step> <begin|end>` to EFFECTS_FILE.

import Basics
import Foundation
import Logging
import Operations
import PostgresDriver
import SQL
import SQLiteDriver

let arguments = CommandLine.arguments
guard arguments.count == 4 else {
    FileHandle.standardError.write(Data("usage: OperationsProbe DATABASE NAME EFFECTS_FILE\n".utf8))
    exit(64)
}

let database: any Database =
    arguments[1].hasPrefix("sqlite:")
    ? try SQLiteDatabase(path: String(arguments[1].dropFirst(7)), lock: .shared)
    : PostgresDatabase(address: arguments[1], connections: 4)
let effects = Effects(path: arguments[3], worker: arguments[2])
var options = Worker.Options()
options.concurrency = 8
options.lease = .seconds(2)
options.poll = .milliseconds(200)
options.crashesMax = 1000
let worker = Worker(
    database: database, workflows: [ProbeWorkflow(effects: effects)], options: options, name: arguments[2],
    logger: Logger(label: "probe") { _ in SwiftLogNoOpLogHandler() })
await worker.run()
