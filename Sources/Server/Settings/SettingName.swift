import Configuration

/// The settings there are. The raw value is the environment variable.
package enum SettingName: String, Sendable, CaseIterable {
    case databaseURL = "BERTH_DATABASE_URL"
    case listen = "BERTH_LISTEN"
    case publicURL = "BERTH_PUBLIC_URL"
    case tlsCertificate = "BERTH_TLS_CERTIFICATE"
    case tlsKey = "BERTH_TLS_KEY"
    case secretKeyFile = "BERTH_SECRET_KEY_FILE"
    case logLevel = "BERTH_LOG_LEVEL"
    case metricsListen = "BERTH_METRICS_LISTEN"
    case roles = "BERTH_ROLES"
    case passwordGrant = "BERTH_OAUTH_PASSWORD_GRANT"
    case rateLimit = "BERTH_RATE_LIMIT"
    case rateLimitForms = "BERTH_RATE_LIMIT_FORMS"
    case rateLimitTokens = "BERTH_RATE_LIMIT_TOKENS"
    case rateLimitFailures = "BERTH_RATE_LIMIT_FAILURES"
    case trustedProxies = "BERTH_TRUSTED_PROXIES"
    case crossOrigin = "BERTH_CORS_ORIGINS"
    case callbackNetworks = "BERTH_CALLBACK_NETWORKS"
    case smtpURL = "BERTH_SMTP_URL"
    case mailFrom = "BERTH_MAIL_FROM"
    case registration = "BERTH_REGISTRATION"

    /// What holds when nothing is said; nil when it depends on another setting.
    package var defaultText: String? {
        switch self {
        case .databaseURL: "sqlite:var/berth.sqlite"
        case .listen: "127.0.0.1:8080"
        case .publicURL: nil
        case .secretKeyFile: "var/secret.key"
        case .logLevel: "info"
        case .metricsListen: "127.0.0.1:9464"
        case .roles: "api,panel,worker"
        case .passwordGrant: "on"
        case .rateLimit: "2500/300"
        case .rateLimitForms: "10/20"
        case .rateLimitTokens: "60/60"
        case .rateLimitFailures: "10/60"
        case .tlsCertificate, .tlsKey, .trustedProxies, .crossOrigin, .callbackNetworks: "none"
        case .smtpURL: "off"
        case .mailFrom: nil
        case .registration: "off"
        }
    }

    /// The flag of `berth serve` that wins over the variable.
    package var flag: String? {
        switch self {
        case .listen: "--listen"
        case .roles: "--roles"
        case .databaseURL, .publicURL, .tlsCertificate, .tlsKey, .secretKeyFile, .logLevel, .metricsListen,
            .passwordGrant, .rateLimit,
            .rateLimitForms, .rateLimitTokens, .rateLimitFailures, .trustedProxies, .crossOrigin,
            .callbackNetworks,
            .smtpURL, .mailFrom, .registration:
            nil
        }
    }

    /// It may hold a password.
    var isSecret: Bool { self == .databaseURL || self == .smtpURL }

    /// The same name as swift-configuration spells it: `berth.database.url`.
    var key: ConfigKey { ConfigKey(rawValue.lowercased().split(separator: "_").map(String.init)) }

    /// What shares our prefix without being a setting: the failpoints of test builds, and what tests are told.
    private static let otherPrefixes = ["BERTH_FAIL", "BERTH_TEST_", "BERTH_BENCH_"]

    /// Names in `environment` that look like settings and are none, sorted.
    static func unknown(in environment: [String: String]) -> [String] {
        environment.keys.filter { name in
            name.hasPrefix("BERTH_") && SettingName(rawValue: name) == nil
                && !otherPrefixes.contains { name.hasPrefix($0) }
        }.sorted()
    }
}
