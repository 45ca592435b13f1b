import Configuration
import Logging

/// Reads one setting after the other and collects what is wrong and what is effective.
struct SettingsReading {
    private(set) var problems: [String] = []
    private(set) var printed: [PrintedSetting] = []

    private let flags: ConfigReader
    private let environment: ConfigReader

    init(environment: [String: String], flags: SettingsFlags) {
        var given: [AbsoluteConfigKey: ConfigValue] = [:]
        for (name, value) in [(SettingName.listen, flags.listen), (.roles, flags.roles)] {
            given[AbsoluteConfigKey(name.key)] = value.map { ConfigValue(.string($0), isSecret: false) }
        }
        self.flags = ConfigReader(provider: InMemoryProvider(values: given))
        self.environment = ConfigReader(provider: EnvironmentVariablesProvider(environmentVariables: environment))
    }

    /// The value of a setting, or nil after noting what is wrong with it.
    mutating func value<T: SettingValue>(
        _ name: SettingName, default fallback: String? = nil, _ parse: (String) throws(SettingProblem) -> T
    ) -> T? {
        guard let (text, source) = text(name) ?? (fallback ?? name.defaultText).map({ ($0, .default) }) else {
            return nil
        }
        do throws(SettingProblem) {
            guard !text.isEmpty else { throw SettingProblem("is empty: give it a value, or leave it out") }
            let value = try parse(text)
            printed.append(PrintedSetting(name: name, value: value.shown, source: source))
            return value
        } catch {
            let who = source == .flag ? name.flag ?? name.rawValue : name.rawValue
            problems.append("\(who) \(error.text).")
            return nil
        }
    }

    /// Notes that two settings do not go together.
    mutating func refuse(_ name: SettingName, _ what: String) { problems.append("\(name.rawValue) \(what).") }

    /// Whether somebody said something about it.
    func isGiven(_ name: SettingName) -> Bool { text(name) != nil }

    private func text(_ name: SettingName) -> (String, PrintedSetting.Source)? {
        if let text = flags.string(forKey: name.key) { return (text, .flag) }
        if let text = environment.string(forKey: name.key, isSecret: name.isSecret) {
            return (text, .environment)
        }
        return nil
    }

    static func path(_ text: String) throws(SettingProblem) -> String {
        guard !text.contains("\0"), !text.hasSuffix("/") else {
            throw SettingProblem("must be the path of a file, such as var/secret.key")
        }
        return text
    }

    static func logLevel(_ text: String) throws(SettingProblem) -> Logger.Level {
        guard let level = Logger.Level(rawValue: text.lowercased()) else {
            let levels = Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
            throw SettingProblem("must be one of \(levels)")
        }
        return level
    }

    static func switched(_ text: String) throws(SettingProblem) -> Bool {
        switch text {
        case "on": return true
        case "off": return false
        default: throw SettingProblem("must be on or off")
        }
    }

    static func listenOrOff(_ text: String) throws(SettingProblem) -> MetricsListen {
        if text == "off" { return MetricsListen(address: nil) }
        do throws(SettingProblem) {
            return MetricsListen(address: try ListenAddress(parsing: text))
        } catch {
            throw SettingProblem("\(error.text), or off")
        }
    }

    static func roles(_ text: String) throws(SettingProblem) -> Set<Settings.Role> {
        var roles: Set<Settings.Role> = []
        for word in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard let role = Settings.Role(rawValue: word.trimmingSpaces) else {
                throw SettingProblem("must be a list of api, panel and worker with commas between")
            }
            roles.insert(role)
        }
        return roles
    }
}

/// What is wrong with one value; the rest of a sentence that begins with the setting's name.
struct SettingProblem: Error {
    let text: String

    init(_ text: String) { self.text = text }
}

/// A parsed value that can be shown.
protocol SettingValue {
    /// The value as text that reads back as the same value, with secrets masked.
    var shown: String { get }
}

extension String: SettingValue {
    var shown: String { self }
}

extension Logger.Level: SettingValue {
    var shown: String { rawValue }
}

extension Set<Settings.Role>: SettingValue {
    var shown: String { Settings.Role.allCases.filter(contains).map(\.rawValue).joined(separator: ",") }
}

extension Bool: SettingValue {
    var shown: String { self ? "on" : "off" }
}

/// An address, or none.
struct MetricsListen: SettingValue {
    let address: ListenAddress?

    var shown: String { address?.text ?? "off" }
}

extension Substring {
    fileprivate var trimmingSpaces: String {
        var rest = self
        while rest.first == " " { rest.removeFirst() }
        while rest.last == " " { rest.removeLast() }
        return String(rest)
    }
}
