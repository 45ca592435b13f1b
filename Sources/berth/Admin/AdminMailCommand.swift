import ArgumentParser
import Basics
import Identity
import Logging
import MailSender
import SQL
import Server

/// `berth admin mail …`
struct AdminMailCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mail", abstract: "Mail that was sent, waits, or could not be delivered.",
        subcommands: [List.self, Retry.self, Test.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List letters, the newest first. They are kept for 30 days.",
            discussion: """
                EXAMPLES
                  berth admin mail list --state dead        what nobody tries any more, and why
                  berth admin mail list --limit 5 --json
                """)

        enum State: String, ExpressibleByArgument, CaseIterable {
            case waiting, delivered, dead
        }

        @Option(help: "Only letters in this state.") var state: State?
        @Option(help: "At most so many, up to \(MailListing.entriesMax).") var limit = 50
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let (state, limit) = (state?.rawValue, limit)
            let letters = try await Session.open { session in
                try await session.database.read {
                    try MailListing.list(state: state, limit: limit, by: .shell, on: $0)
                }
            }
            guard output.json else {
                return Output.table(
                    ["ID", "STATE", "TO", "SUBJECT", "WRITTEN", "TRIES", "LAST ERROR"],
                    letters.map {
                        [
                            String($0.id), $0.state, $0.to, $0.subject, $0.createdAt.rfc3339, String($0.attempts),
                            $0.lastError ?? "",
                        ]
                    })
            }
            Output.json { json in
                json.key("mail")
                json.array { json in for letter in letters { json.object { Self.write(letter, to: &$0) } } }
            }
        }

        private static func write(_ letter: MailListing.Entry, to json: inout JSONWriter) {
            json.key("id")
            json.value(letter.id)
            for (name, text) in [("state", letter.state), ("to", letter.to), ("subject", letter.subject)] {
                json.key(text: name)
                json.value(text)
            }
            json.key("attempts")
            json.value(letter.attempts)
            json.key("last_error")
            json.value(letter.lastError)
            for (name, time) in [
                ("created_at", letter.createdAt), ("delivered_at", letter.deliveredAt), ("next_at", letter.nextAt),
            ] {
                json.key(text: name)
                json.value(time?.rfc3339)
            }
        }
    }

    struct Retry: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Try a letter again that is dead or waits.",
            discussion: """
                EXAMPLES
                  berth admin mail retry 17
                """)

        @Argument(help: "The letter's number.") var id: Int64
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let id = id
            try await Session.open { session in
                let now = SystemWallClock().now()
                try await session.database.transaction { try MailListing.retry(id, by: .shell, at: now, in: $0) }
            }
            guard output.json else { return Output.line("Letter \(id) is tried again.") }
            Output.json { json in
                json.key("id")
                json.value(id)
            }
        }
    }

    struct Test: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Send a letter at once, past the queue, and say what the mail server said.",
            discussion: """
                EXAMPLES
                  berth admin mail test --to you@example.com
                """)

        @Option(help: "Who gets it.") var to: String
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let settings = try Session.settings()
            let letter = AccountLetters.test(to: to, publicURL: settings.publicURL)
            let now = SystemWallClock().now()
            let mail = try MailDeliverer.rendered(
                letter, from: settings.mailFrom, number: now.milliseconds, installation: "test", at: now)
            var answer = "written to \(MailPost.folder)/\(mail.number).eml"
            if let server = settings.mailServer {
                answer = try await MailPost.sender(server, settings).deliver(mail)
            } else {
                try await MailFolder(
                    folder: MailPost.folder, logger: Logger(label: "berth") { _ in SwiftLogNoOpLogHandler() }
                ).send(mail)
            }
            guard output.json else { return Output.line("The mail was taken: \(answer)") }
            Output.json { json in
                json.key("to")
                json.value(mail.to.text)
                json.key("answer")
                json.value(answer)
            }
        }
    }
}
