/// What an environment variable of an image may ask for: facts of its own service, its own settings, and those of the
/// images it requires.
package struct AvailableVariables: Sendable, Hashable {
    /// An image that is required.
    package struct Dependency: Sendable, Hashable {
        package let role: String
        package let settings: [String]
        package let environment: [String]

        package init(role: String, settings: [String], environment: [String]) {
            self.role = role
            self.settings = settings
            self.environment = environment
        }
    }

    private let settings: [String]
    private let dependencies: [Dependency]

    package init(settings: [String], dependencies: [Dependency]) {
        self.settings = settings
        self.dependencies = dependencies
    }

    /// All of them, as v60 lists them.
    package var list: [String] {
        var list = ["region.endpoint.api"]
        list += settings.map { "build.settings.\($0)" }
        list += Variable.Fact.allCases.filter { $0 != .localDNSWithPort }.map { "build.self.\($0.rawValue)" }
        for dependency in dependencies {
            let prefix = "dep.\(dependency.role)"
            list += dependency.settings.map { "\(prefix).parameters.settings.\($0)" }
            list += dependency.environment.map { "\(prefix).parameters.env.\($0)" }
            list += Variable.Fact.allCases.filter(Variable.Fact.ofDependency.contains)
                .map { "\(prefix).self.\($0.rawValue)" }
        }
        return list
    }

    /// Whether `path` is one of them, in today's spelling or an older one.
    package func contains(_ path: String) -> Bool {
        switch Variable(path: path) {
        case nil: false
        case .apiEndpoint, .fact: true
        case .setting(let name): settings.contains(name)
        case .settingOf(let role, let name): dependencies.contains { $0.role == role && $0.settings.contains(name) }
        case .environmentOf(let role, let name):
            dependencies.contains { $0.role == role && $0.environment.contains(name) }
        case .factOf(let role, _): dependencies.contains { $0.role == role }
        }
    }
}
