import ArgumentParser
import Basics
import Server

/// `berth config`
struct ConfigCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config",
        abstract: "Print the settings in effect, secrets masked.",
        discussion: """
            Each line tells where the value came from. Wrong settings are all told at once.

            EXAMPLES
              berth config
              BERTH_LISTEN=0.0.0.0:80 berth config --json
            """)

    @OptionGroup var output: OutputOptions

    func run() throws {
        let settings = try Session.settings()
        if output.json {
            Output.json { json in
                for setting in settings.printed {
                    json.key(text: setting.name.rawValue)
                    json.value(setting.value)
                }
            }
            return
        }
        for setting in settings.printed {
            Output.line("\(setting.name.rawValue)=\(setting.value)  # \(setting.source.rawValue)")
        }
    }
}
