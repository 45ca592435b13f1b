import Basics
import Yams

/// Reads one image of a catalogue file.
enum ImageReader {
    private static let known = [
        "name", "label", "description", "role", "category", "active", "registry", "path", "command", "init",
        "shm_size", "min_cpu", "min_memory", "can_scale", "free", "load_balancer", "capabilities", "labels",
        "variants", "settings", "env", "ports", "volumes", "requires",
    ]

    static func read(_ node: Node, _ collector: ProblemCollector) -> CatalogueDocument.Placed<ImageEntry>? {
        guard let mapping = YAMLMapping(node, what: "an image", known: known, collector) else { return nil }
        var lines: [String: Int] = [:]
        let settings = settings(mapping, collector)
        let entry = ImageEntry(
            image: image(mapping), variants: variants(mapping, collector),
            environment: environment(mapping, collector, &lines), settings: settings,
            ports: ports(mapping, collector), volumes: volumes(mapping, collector),
            requires: requires(mapping, collector, &lines))
        checkTemplates(entry, mapping, lines, collector)
        return CatalogueDocument.Placed(value: entry, file: collector.file, line: mapping.line, lines: lines)
    }

    private static func image(_ mapping: YAMLMapping) -> Image {
        let name = mapping.required("name", max: CatalogueLimits.nameCharactersMax)
        let role = mapping.required("role", max: CatalogueLimits.nameCharactersMax)
        let path = mapping.required("path")
        func require(_ key: String, _ isRight: Bool, _ sentence: String) {
            if mapping.has(key), !isRight { mapping.note(key, sentence) }
        }
        require("name", Spelling.isName(name), "\"name\" has small letters, digits and hyphens, such as demo-web.")
        require(
            "role", Spelling.isRole(role),
            "\"role\" has small letters, digits, hyphens and underscores: it is a part of variables.")
        require(
            "path", Spelling.isRegistryPath(path),
            "\"path\" must be a repository without host and tag, such as library/redis.")
        let registry = mapping.text("registry")
        require("registry", Spelling.isRegistryHost(registry ?? ""), "\"registry\" must be host or host:port.")
        let capabilities = mapping.texts("capabilities")
        let known = Spelling.capabilities.sorted().joined(separator: ", ")
        for capability in capabilities where !Spelling.capabilities.contains(capability) {
            mapping.note("capabilities", "The capability \"\(capability)\" cannot be given. Known: \(known).")
        }
        return Image(
            id: 0, name: name, label: mapping.required("label"), description: mapping.text("description"), role: role,
            category: mapping.required("category").lowercased(), active: mapping.bool("active", default: true),
            registryHost: registry, registryPath: path, command: mapping.text("command"),
            useInit: mapping.bool("init"), shmBytes: mapping.integer("shm_size", in: 0...(1 << 40)),
            minCPUMilli: mapping.thousandths("min_cpu"),
            minMemoryMB: mapping.integer("min_memory", in: 0...ProductLimits.memoryMBMax),
            canScale: mapping.bool("can_scale"), isFree: mapping.bool("free"),
            isLoadBalancer: mapping.bool("load_balancer"), capabilities: capabilities,
            labels: mapping.dictionary("labels"))
    }

    private static func variants(_ mapping: YAMLMapping, _ collector: ProblemCollector) -> [ImageVariant] {
        if mapping.list("variants").isEmpty {
            collector.note(mapping.line, "\"variants\" is missing: an image has at least one.")
        }
        var variants: [ImageVariant] = []
        for node in mapping.list("variants") {
            let known = ["tag", "label", "default"]
            guard let item = YAMLMapping(node, what: "a variant", known: known, collector) else { continue }
            let tag = item.required("tag")
            if !tag.isEmpty, !Spelling.isTag(tag) { item.note("tag", "\"\(tag)\" is not a tag.") }
            if variants.contains(where: { $0.tag == tag }) { item.note("tag", "The tag \(tag) stands here twice.") }
            variants.append(
                ImageVariant(
                    id: 0, label: item.text("label") ?? tag, tag: tag, isDefault: item.bool("default"),
                    version: Int64(variants.count + 1)))
        }
        let defaults = variants.filter(\.isDefault).count
        if defaults > 1 { mapping.note("variants", "Only one variant can be the default.") }
        if defaults == 0, !variants.isEmpty { variants[0].isDefault = true }
        return variants
    }

    private static func settings(_ mapping: YAMLMapping, _ collector: ProblemCollector) -> [SettingParam] {
        var settings: [SettingParam] = []
        for node in mapping.list("settings") {
            let known = ["name", "label", "type", "value"]
            guard let item = YAMLMapping(node, what: "a setting", known: known, collector) else { continue }
            let name = item.required("name", max: CatalogueLimits.nameCharactersMax)
            if !name.isEmpty, !Spelling.isSettingName(name) {
                item.note("name", "The name of a setting has letters, digits, hyphens and underscores, first a letter.")
            }
            if settings.contains(where: { $0.name == name }) {
                item.note("name", "The setting \(name) stands here twice.")
            }
            settings.append(
                SettingParam(
                    name: name, label: item.text("label") ?? name, kind: item.word("type", default: .static),
                    value: item.text("value")))
        }
        return settings
    }

    private static func environment(
        _ mapping: YAMLMapping, _ collector: ProblemCollector, _ lines: inout [String: Int]
    ) -> [EnvParam] {
        var params: [EnvParam] = []
        for node in mapping.list("env") {
            let known = ["name", "label", "value", "variable"]
            guard let item = YAMLMapping(node, what: "an environment variable", known: known, collector) else {
                continue
            }
            let name = item.required("name")
            if !name.isEmpty, !Spelling.isEnvironmentName(name) {
                item.note("name", "The name of an environment variable has letters, digits and underscores.")
            }
            if params.contains(where: { $0.name == name }) { item.note("name", "\(name) stands here twice.") }
            let value = item.text("value")
            let variable = item.text("variable")
            if (value == nil) == (variable == nil) {
                collector.note(item.line, "Give either \"value\" (a text) or \"variable\" (such as build.self.ip).")
            }
            lines["env.\(params.count)"] = item.line(variable == nil ? "value" : "variable")
            params.append(
                EnvParam(
                    name: name, label: item.text("label") ?? name, kind: variable == nil ? .static : .variable,
                    value: variable ?? value ?? ""))
        }
        return params
    }

    private static func ports(_ mapping: YAMLMapping, _ collector: ProblemCollector) -> [PortParam] {
        var ports: [PortParam] = []
        for node in mapping.list("ports") {
            let known = ["port", "proto", "external", "backend_tls", "proxy", "tcp_lb"]
            guard let item = YAMLMapping(node, what: "a port", known: known, collector) else { continue }
            for key in ["port", "proto"] where !item.has(key) { collector.note(item.line, "\"\(key)\" is missing.") }
            let port = PortParam(
                port: Int(item.integer("port", in: 1...65535, default: 1)), proto: item.word("proto", default: .tcp),
                external: item.bool("external"), backendTLS: item.bool("backend_tls"),
                proxyHeader: item.word("proxy", default: .none), tcpLoadBalancing: item.bool("tcp_lb", default: true))
            if ports.contains(where: { $0.key == port.key }) {
                collector.note(item.line, "The port \(port.port)/\(port.proto.rawValue) stands here twice.")
            }
            ports.append(port)
        }
        return ports
    }

    private static func volumes(_ mapping: YAMLMapping, _ collector: ProblemCollector) -> [VolumeParam] {
        var volumes: [VolumeParam] = []
        for node in mapping.list("volumes") {
            let known = ["label", "path", "read_only", "sftp"]
            guard let item = YAMLMapping(node, what: "a volume", known: known, collector) else { continue }
            let path = item.required("path")
            if !path.isEmpty, !Spelling.isMountPath(path) {
                item.note("path", "\"path\" must be an absolute path without \"..\", and not / itself.")
            }
            if volumes.contains(where: { $0.mountPath == path }) {
                item.note("path", "The path \(path) stands here twice.")
            }
            volumes.append(
                VolumeParam(
                    label: item.required("label"), mountPath: path, readOnly: item.bool("read_only"),
                    enableSFTP: item.bool("sftp", default: true)))
        }
        return volumes
    }

    private static func requires(
        _ mapping: YAMLMapping, _ collector: ProblemCollector, _ lines: inout [String: Int]
    ) -> [ImageEntry.Requires] {
        var requires: [ImageEntry.Requires] = []
        for node in mapping.list("requires") {
            guard let item = YAMLMapping(node, what: "a requirement", known: ["image", "tag"], collector) else {
                continue
            }
            let requirement = ImageEntry.Requires(image: item.required("image"), tag: item.text("tag"))
            if requires.contains(where: { $0.image == requirement.image }) {
                item.note("image", "The image \(requirement.image) stands here twice.")
            }
            lines["requires.\(requires.count)"] = item.line
            requires.append(requirement)
        }
        return requires
    }

    /// Texts with marks may name what the resolver knows: two built-in names and the image's own settings.
    private static func checkTemplates(
        _ entry: ImageEntry, _ mapping: YAMLMapping, _ lines: [String: Int], _ collector: ProblemCollector
    ) {
        let names = Set(entry.settings.map(\.name) + ["service_name_short", "default_domain"])
        func check(_ text: String, _ line: Int) {
            do throws(Template.Problem) {
                for name in try Template(text).names where !names.contains(name) {
                    collector.note(line, "There is no setting or built-in value {{ \(name) }}.")
                }
            } catch {
                collector.note(line, error.sentence)
            }
        }
        if let command = entry.image.command { check(command, mapping.line("command")) }
        for (index, param) in entry.environment.enumerated() where param.kind == .static {
            check(param.value, lines["env.\(index)"] ?? mapping.line)
        }
    }
}
