package import API
import Basics
import Configuration
package import Identity
package import Logging
package import MailSender

/// How this process was asked to run: read once at the start, wholly, with every problem told at once.
///
/// A flag wins over the environment, the environment over the default. What each setting means stands in
/// ``SettingName``; `settings.example.env` explains them to operators.
package struct Settings: Sendable {
    /// What a process can be.
    package enum Role: String, Sendable, CaseIterable {
        /// Answers the HTTP API.
        case api
        /// Answers the panel's pages.
        case panel
        /// Does the work: operations, timers, reconcilers.
        case worker
    }

    package let database: DatabaseURL
    package let listen: ListenAddress
    /// `http://host[:port]` or `https://…`, without a slash at the end: where clients reach us.
    package let publicURL: String
    /// Files in PEM: a certificate with those that lead to its issuer, and its key. nil: without TLS.
    package let tls: TLSFiles?
    /// The file with the key that secrets at rest are sealed with; created when absent.
    package let secretKeyFile: String
    package let logLevel: Logger.Level
    /// Where Prometheus asks; nil when switched off.
    package let metricsListen: ListenAddress?
    package let roles: Set<Role>
    /// API key pairs may be exchanged for OAuth tokens.
    package let passwordGrant: Bool
    package let rateLimits: RateLimits
    /// Reverse proxies in front of us, whose `X-Forwarded-For` is believed.
    package let trustedProxies: [IPNetwork]
    /// Web pages that may call the API from a browser.
    package let crossOrigin: CrossOrigin
    /// Private networks that callbacks may go to.
    package let callbackNetworks: [IPNetwork]
    /// The server that takes mail; nil: mail is written to files.
    package let mailServer: SMTPServer?
    /// Who mail comes from.
    package let mailFrom: MailSenderName
    /// Strangers may make themselves an account in the panel.
    package let registration: Bool
    /// The effective values as text, in the order of ``SettingName``, safe to show.
    package let printed: [PrintedSetting]
    /// Variables that begin with `BERTH_` and mean nothing to us: probably typing mistakes.
    package let unknownNames: [String]

    /// Reads everything.
    package static func load(
        environment: [String: String], flags: SettingsFlags = SettingsFlags()
    ) throws(SettingsProblems) -> Settings {
        var reading = SettingsReading(environment: environment, flags: flags)
        let database = reading.value(.databaseURL, DatabaseURL.init(parsing:))
        let listen = reading.value(.listen, ListenAddress.init(parsing:))
        let scheme = environment[SettingName.tlsCertificate.rawValue].map { $0 == "none" } ?? true ? "http" : "https"
        let publicURL = reading.value(.publicURL, default: listen.map { "\(scheme)://\($0.text)" }, PublicURL.parse)
        let tls = reading.tlsFiles()
        let secretKeyFile = reading.value(.secretKeyFile, SettingsReading.path)
        let logLevel = reading.value(.logLevel, SettingsReading.logLevel)
        let metricsListen = reading.value(.metricsListen, SettingsReading.listenOrOff)
        let roles = reading.value(.roles, SettingsReading.roles)
        let passwordGrant = reading.value(.passwordGrant, SettingsReading.switched)
        let rateLimits = reading.rateLimits()
        let trustedProxies = reading.value(.trustedProxies, NetworkList.init(parsing:))
        let crossOrigin = reading.value(.crossOrigin, CrossOrigin.init(parsing:))
        let callbackNetworks = reading.value(.callbackNetworks, NetworkList.init(parsing:))
        let mail = reading.value(.smtpURL, MailServerSetting.init(parsing:))
        let mailFrom = reading.value(
            .mailFrom, default: publicURL.map(MailSenderName.fallback), MailSenderName.setting)
        if mail?.server != nil, !reading.isGiven(.mailFrom) {
            reading.refuse(.mailFrom, "is missing: say who mail comes from, such as Berth <berth@example.com>")
        }
        let registration = reading.value(.registration, SettingsReading.switched)
        guard reading.problems.isEmpty, let database, let listen, let tls, let publicURL, let secretKeyFile,
            let logLevel,
            let metricsListen, let roles, let passwordGrant, let rateLimits, let trustedProxies,
            let crossOrigin, let callbackNetworks, let mail, let mailFrom, let registration
        else { throw SettingsProblems(reading.problems) }
        return Settings(
            database: database, listen: listen, publicURL: publicURL, tls: tls.files, secretKeyFile: secretKeyFile,
            logLevel: logLevel, metricsListen: metricsListen.address, roles: roles, passwordGrant: passwordGrant,
            rateLimits: rateLimits, trustedProxies: trustedProxies.networks, crossOrigin: crossOrigin,
            callbackNetworks: callbackNetworks.networks,
            mailServer: mail.server, mailFrom: mailFrom, registration: registration, printed: reading.printed,
            unknownNames: SettingName.unknown(in: environment))
    }
}

/// The settings that can also be given on the command line.
package struct SettingsFlags: Sendable {
    package var listen: String?
    package var roles: String?

    package init(listen: String? = nil, roles: String? = nil) {
        self.listen = listen
        self.roles = roles
    }
}

/// One effective value and where it came from.
package struct PrintedSetting: Sendable, Hashable {
    package enum Source: String, Sendable {
        case flag
        case environment
        case `default`
    }

    package let name: SettingName
    /// Secrets are masked.
    package let value: String
    package let source: Source
}

/// Everything that is wrong with the settings.
package struct SettingsProblems: Error, Sendable, CustomStringConvertible {
    /// One sentence per problem; each begins with the name of the setting or the flag.
    package let sentences: [String]

    package init(_ sentences: [String]) { self.sentences = sentences }

    package var description: String { sentences.joined(separator: "\n") }
}
