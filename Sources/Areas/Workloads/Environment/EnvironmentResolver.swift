import Basics
import Catalogue
import Crypto
import FoundationEssentials

/// Resolves the environment and the command of a service: a pure function of what is known.
///
/// Every problem is told, none stops at the first: the planner asks before anything is bought, the builder again.
package struct EnvironmentResolver: Sendable {
    package let service: ServiceFacts
    /// All services of the project, by id.
    package let project: [Int64: ServiceFacts]
    package let surroundings: Surroundings

    /// How far one service's environment may lead through another's before we call it a circle.
    private static let depthMax = 8

    package init(service: ServiceFacts, project: [Int64: ServiceFacts], surroundings: Surroundings) {
        self.service = service
        self.project = project
        self.surroundings = surroundings
    }

    /// The environment, and one sentence for each value that cannot be found.
    package func environment() -> (values: [String: String], problems: [String]) {
        var values: [String: String] = [:]
        var problems: [String] = []
        for entry in service.environment {
            var own: [String] = []
            values[entry.name] = value(of: entry, depth: 0, problems: &own)
            problems += own.map { "The environment variable \(entry.name) cannot be set: \($0)." }
        }
        return (values, problems)
    }

    /// The argument vector of `command`, or nil when there is none, and what is wrong with it.
    package func arguments(_ command: String?) -> (arguments: [String]?, problems: [String]) {
        guard let command, !command.allSatisfy(\.isWhitespace) else { return (nil, []) }
        do {
            var problems: [String] = []
            let text = try Template(command).render(builtIn, problems: &problems)
            if !problems.isEmpty { return (nil, problems.map { "The command cannot be used: \($0)." }) }
            return (try ShellWords.arguments(text), [])
        } catch let problem as Template.Problem {
            return (nil, [problem.sentence])
        } catch let problem as ShellWords.Problem {
            return (nil, [problem.sentence])
        } catch {
            return (nil, ["The command cannot be understood."])
        }
    }

    private func value(of entry: ServiceFacts.Entry, depth: Int, problems: inout [String]) -> String {
        guard depth < EnvironmentResolver.depthMax else {
            problems.append("it leads through other services back to itself")
            return ""
        }
        if entry.isVariable { return variable(entry.value, depth: depth, problems: &problems) }
        do {
            return try Template(entry.value).render(builtIn, problems: &problems)
        } catch {
            problems.append(error.sentence.withoutFullStop)
            return ""
        }
    }

    /// What templates may name: two built-ins and every setting.
    private func builtIn(_ name: String) -> String? {
        switch name {
        case "service_name_short": ServiceFacts.short(service.name)
        // An image without a public port may still name it; there is just nothing to say.
        case "default_domain": service.defaultDomain ?? ""
        default: service.settings[name]?.reveal()
        }
    }

    private func variable(_ path: String, depth: Int, problems: inout [String]) -> String {
        guard let variable = Variable(path: path) else {
            problems.append("there is no variable \(path)")
            return ""
        }
        switch variable {
        case .apiEndpoint: return surroundings.apiEndpoint
        case .setting(let name): return setting(name, of: service, problems: &problems)
        case .fact(let fact): return self.fact(fact, of: service, problems: &problems)
        case .settingOf(let role, let name):
            guard let other = dependency(role, problems: &problems) else { return "" }
            return setting(name, of: other, problems: &problems)
        case .factOf(let role, let fact):
            guard let other = dependency(role, problems: &problems) else { return "" }
            return self.fact(fact, of: other, problems: &problems)
        case .environmentOf(let role, let name):
            guard let other = dependency(role, problems: &problems) else { return "" }
            guard let entry = other.environment.first(where: { $0.name == name }) else {
                problems.append("the service \(other.name) has no environment variable \(name)")
                return ""
            }
            let there = EnvironmentResolver(service: other, project: project, surroundings: surroundings)
            return there.value(of: entry, depth: depth + 1, problems: &problems)
        }
    }

    private func dependency(_ role: String, problems: inout [String]) -> ServiceFacts? {
        if let found = service.dependsOn.lazy.compactMap({ project[$0] }).first(where: { $0.role == role }) {
            return found
        }
        problems.append("no linked service has the role \(role)")
        return nil
    }

    private func setting(_ name: String, of service: ServiceFacts, problems: inout [String]) -> String {
        if let value = service.settings[name] { return value.reveal() }
        problems.append("the service \(service.name) has no setting \(name)")
        return ""
    }

    private func fact(_ fact: Variable.Fact, of service: ServiceFacts, problems: inout [String]) -> String {
        let value: String? =
            switch fact {
            case .name: service.containerName
            case .nameShort: service.containerName.map(ServiceFacts.short)
            case .serviceName, .localDNS: service.name
            case .serviceNameShort: ServiceFacts.short(service.name)
            case .localDNSWithPort: service.firstPort.map { "\(service.name):\($0)" }
            case .ip: service.address
            case .ipWithPort: service.address.flatMap { address in service.firstPort.map { "\(address):\($0)" } }
            case .port: service.firstPort.map(String.init)
            case .projectID: String(service.projectID)
            case .defaultDomain: service.defaultDomain
            case .defaultDomainWithProto: service.defaultDomain.map(surroundings.url(of:))
            case .publicKey: publicKey(of: service)
            }
        if let value { return value }
        problems.append("the service \(service.name) has no value for \(fact.rawValue)")
        return ""
    }

    private func publicKey(of service: ServiceFacts) -> String? {
        guard let encoded = service.privateKey?.reveal(), let raw = Data(base64Encoded: encoded),
            let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: raw)
        else { return nil }
        return key.publicKey.rawRepresentation.base64EncodedString()
            .split(separator: "/", omittingEmptySubsequences: false).joined(separator: "\\/")
    }
}

extension String {
    /// For sentences that become a part of a sentence.
    fileprivate var withoutFullStop: String { hasSuffix(".") ? String(dropLast()) : self }
}
