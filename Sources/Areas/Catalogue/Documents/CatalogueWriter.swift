import Basics

/// Writes the catalogue as the YAML that ``CatalogueParser`` reads: one document of packages, one per image.
package enum CatalogueWriter {
    /// Loading the text again changes nothing.
    package static func text(_ catalogue: StoredCatalogue) -> String {
        var yaml = YAMLText()
        if !catalogue.packages.isEmpty {
            yaml.line("packages:")
            for package in catalogue.packages { write(package, to: &yaml) }
        }
        for image in catalogue.images {
            yaml.line("---")
            yaml.line("image:")
            write(image, to: &yaml)
        }
        return yaml.text
    }

    private static func write(_ entry: PackageEntry, to yaml: inout YAMLText) {
        let product = entry.product
        yaml.item(2, "name", product.name)
        yaml.text(4, "label", product.label)
        yaml.word(4, "cpu", cores(product.cpuMilli))
        yaml.word(4, "memory", product.memoryMB)
        if let swap = product.swapMB { yaml.word(4, "swap", swap) }
        if let swappiness = product.swappiness { yaml.word(4, "swappiness", swappiness) }
        yaml.word(4, "storage", product.storageGB)
        yaml.word(4, "bandwidth", product.bandwidthGB)
        if product.localDiskGB != 0 { yaml.word(4, "local_disk", product.localDiskGB) }
        if product.backupGB != 0 { yaml.word(4, "backup", product.backupGB) }
        if !product.active { yaml.word(4, "active", false) }
        if entry.prices.count == 1, let price = entry.prices.first, price.plan == nil,
            price.currency == Price.defaultCurrency
        {
            yaml.word(4, "price_hour", price.hour.decimal)
            return
        }
        if entry.prices.isEmpty { return }
        yaml.line("    prices:")
        for price in entry.prices {
            yaml.item(6, "currency", price.currency)
            if let plan = price.plan { yaml.text(8, "plan", plan) }
            yaml.word(8, "hour", price.hour.decimal)
        }
    }

    private static func write(_ entry: ImageEntry, to yaml: inout YAMLText) {
        let image = entry.image
        yaml.text(2, "name", image.name)
        yaml.text(2, "label", image.label)
        if let description = image.description { yaml.text(2, "description", description) }
        yaml.text(2, "role", image.role)
        yaml.text(2, "category", image.category)
        if !image.active { yaml.word(2, "active", false) }
        if let host = image.registryHost { yaml.text(2, "registry", host) }
        yaml.text(2, "path", image.registryPath)
        if let command = image.command { yaml.text(2, "command", command) }
        if image.useInit { yaml.word(2, "init", true) }
        if image.shmBytes != 0 { yaml.word(2, "shm_size", image.shmBytes) }
        if image.minCPUMilli != 0 { yaml.word(2, "min_cpu", cores(image.minCPUMilli)) }
        if image.minMemoryMB != 0 { yaml.word(2, "min_memory", image.minMemoryMB) }
        if image.canScale { yaml.word(2, "can_scale", true) }
        if image.isFree { yaml.word(2, "free", true) }
        if image.isLoadBalancer { yaml.word(2, "load_balancer", true) }
        if !image.capabilities.isEmpty {
            yaml.line("  capabilities:")
            for capability in image.capabilities { yaml.line("    - \(YAMLText.quoted(capability))") }
        }
        if !image.labels.isEmpty {
            yaml.line("  labels:")
            for (key, value) in image.labels.sorted(by: { $0.key < $1.key }) {
                yaml.line("    \(YAMLText.quoted(key)): \(YAMLText.quoted(value))")
            }
        }
        writeParams(entry, to: &yaml)
    }

    private static func writeParams(_ entry: ImageEntry, to yaml: inout YAMLText) {
        yaml.line("  variants:")
        for variant in entry.variants {
            yaml.item(4, "tag", variant.tag)
            yaml.text(6, "label", variant.label)
            if variant.isDefault { yaml.word(6, "default", true) }
        }
        if !entry.settings.isEmpty { yaml.line("  settings:") }
        for setting in entry.settings {
            yaml.item(4, "name", setting.name)
            yaml.text(6, "label", setting.label ?? setting.name)
            yaml.word(6, "type", setting.kind.rawValue)
            if let value = setting.value { yaml.text(6, "value", value) }
        }
        if !entry.environment.isEmpty { yaml.line("  env:") }
        for param in entry.environment {
            yaml.item(4, "name", param.name)
            yaml.text(6, "label", param.label ?? param.name)
            yaml.text(6, param.kind == .variable ? "variable" : "value", param.value)
        }
        if !entry.ports.isEmpty { yaml.line("  ports:") }
        for port in entry.ports {
            yaml.item(4, "port", number: port.port)
            yaml.word(6, "proto", port.proto.rawValue)
            if port.external { yaml.word(6, "external", true) }
            if port.backendTLS { yaml.word(6, "backend_tls", true) }
            if port.proxyHeader != .none { yaml.word(6, "proxy", port.proxyHeader.rawValue) }
            if !port.tcpLoadBalancing { yaml.word(6, "tcp_lb", false) }
        }
        if !entry.volumes.isEmpty { yaml.line("  volumes:") }
        for volume in entry.volumes {
            yaml.item(4, "label", volume.label)
            yaml.text(6, "path", volume.mountPath)
            if volume.readOnly { yaml.word(6, "read_only", true) }
            if !volume.enableSFTP { yaml.word(6, "sftp", false) }
        }
        if !entry.requires.isEmpty { yaml.line("  requires:") }
        for requirement in entry.requires {
            yaml.item(4, "image", requirement.image)
            if let tag = requirement.tag { yaml.text(6, "tag", tag) }
        }
    }

    private static func cores(_ milli: Int64) -> String { Decimal9.text(milli * 1_000_000) }
}

/// Lines of YAML. Texts are always in double quotes, which needs no knowledge of what YAML takes for something else.
struct YAMLText {
    private(set) var text = ""

    mutating func line(_ line: String) { text += line + "\n" }

    mutating func text(_ indent: Int, _ key: String, _ value: String) { pair(indent, key, Self.quoted(value)) }

    /// Numbers, booleans and our own words.
    mutating func word(_ indent: Int, _ key: String, _ value: some CustomStringConvertible) {
        pair(indent, key, value.description)
    }

    /// The first pair of a list item.
    mutating func item(_ indent: Int, _ key: String, _ value: String) {
        line("\(Self.spaces(indent))- \(key): \(Self.quoted(value))")
    }

    mutating func item(_ indent: Int, _ key: String, number: Int) {
        line("\(Self.spaces(indent))- \(key): \(number)")
    }

    private mutating func pair(_ indent: Int, _ key: String, _ value: String) {
        line("\(Self.spaces(indent))\(key): \(value)")
    }

    private static func spaces(_ count: Int) -> String { String(repeating: " ", count: count) }

    /// YAML 1.1 §5.6 and §7.4: what cannot be printed is escaped, and so are quotes and backslashes.
    static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x22: result += "\\\""
            case 0x5C: result += "\\\\"
            case 0x0A: result += "\\n"
            case 0x20...0x7E, 0xA1...0x2027, 0x202A...0xD7FF, 0xE000...0xFEFE, 0xFF00...0xFFFD,
                0x10000...0x10FFFF:
                result.unicodeScalars.append(scalar)
            default:
                let hex = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            }
        }
        return result + "\""
    }
}
