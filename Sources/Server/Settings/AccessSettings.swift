import API
import Identity

/// `2500/300`: so many requests in so many seconds; or `off`.
struct RateSetting: SettingValue {
    /// nil: no limit.
    let limit: (quota: Int64, seconds: Int64)?

    var shown: String { limit.map { "\($0.quota)/\($0.seconds)" } ?? "off" }

    init(parsing text: String) throws(SettingProblem) {
        if text == "off" {
            limit = nil
            return
        }
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { Int64($0) }
        guard parts.count == 2, let quota = parts[0], let seconds = parts[1],
            (1...RateLimit.quotaMax).contains(quota), (1...RateLimit.secondsMax).contains(seconds)
        else {
            throw SettingProblem(
                "must be REQUESTS/SECONDS, such as 2500/300, or off; at most "
                    + "\(RateLimit.quotaMax) requests and \(RateLimit.secondsMax) seconds")
        }
        limit = (quota, seconds)
    }
}

/// Addresses and networks with commas between; or `none`.
struct NetworkList: SettingValue {
    let networks: [IPNetwork]

    var shown: String { networks.isEmpty ? "none" : networks.map(\.text).joined(separator: ",") }

    init(parsing text: String) throws(SettingProblem) {
        if text == "none" {
            networks = []
            return
        }
        var networks: [IPNetwork] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let part = String(part.filter { $0 != " " })
            do throws(IPNetwork.Problem) { networks.append(try IPNetwork(part)) } catch {
                throw SettingProblem("has an entry \"\(part)\" which \(error.what)")
            }
        }
        self.networks = networks
    }
}

extension CrossOrigin: SettingValue {
    var shown: String {
        switch self {
        case .none: "none"
        case .all: "*"
        case .only(let origins): origins.sorted().joined(separator: ",")
        }
    }

    init(parsing text: String) throws(SettingProblem) {
        switch text {
        case "none": self = .none
        case "*": self = .all
        default:
            var origins: Set<String> = []
            for part in text.split(separator: ",", omittingEmptySubsequences: false) {
                let origin = String(part.filter { $0 != " " })
                guard let url = try? PublicURL.parse(origin), url == origin, url.lowercased() == url,
                    url.split(separator: "/").count == 2
                else { throw SettingProblem("must be none, * or a list of origins such as https://shop.example") }
                origins.insert(origin)
            }
            self = .only(origins)
        }
    }
}

extension SettingsReading {
    /// All limits; nil after noting what is wrong with one.
    mutating func rateLimits() -> RateLimits? {
        let general = value(.rateLimit, RateSetting.init(parsing:))
        let forms = value(.rateLimitForms, RateSetting.init(parsing:))
        let tokens = value(.rateLimitTokens, RateSetting.init(parsing:))
        let failures = value(.rateLimitFailures, RateSetting.init(parsing:))
        guard let general, let forms, let tokens, let failures else { return nil }
        var limits = RateLimits.off
        func set(_ kind: RateLimit.Kind, _ setting: RateSetting, part: Int64 = 1) {
            guard let limit = setting.limit else { return }
            limits[kind] = RateLimit(kind, quota: max(limit.quota / part, 1), seconds: limit.seconds)
        }
        set(.address, general)
        set(.credential, general)
        set(.form, forms)
        set(.token, tokens)
        set(.failure, failures)
        // One broken integration behind an address must not use up what its neighbours may get wrong.
        set(.failureOfName, failures, part: 2)
        return limits
    }
}
