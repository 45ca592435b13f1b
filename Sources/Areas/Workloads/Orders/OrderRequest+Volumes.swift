import Basics

extension OrderRequest {
    static func parseVolumes(_ reader: inout FieldReader) -> [Volume] {
        var volumes: [Volume] = []
        let items = reader.list("volumes", countMax: OrderLimits.volumesPerServiceMax)
        for (index, item) in items.enumerated() {
            guard let members = item.members else {
                reader.refuse("volumes[\(index)]", "must be an object, not \(FieldReader.shown(item))")
                continue
            }
            var own = FieldReader(members, path: "\(reader.path)volumes[\(index)].")
            if let volume = parseVolume(&own) { volumes.append(volume) }
            reader.adopt(own.problems)
        }
        let templates = volumes.map(\.templateID)
        if Set(templates).count < templates.count {
            reader.refuse("volumes", "must not name the same volume template twice")
        }
        return volumes
    }

    private static func parseVolume(_ reader: inout FieldReader) -> Volume? {
        let readOnly = reader.flag("mount_ro")
        let source = parseSource(&reader)
        let name = reader.text("action", lengthMax: 20) ?? "create"
        guard let template = parseTemplate(&reader) else { return nil }
        if reader.has("snapshot") || name == "clone" {
            reader.refuse(
                reader.has("snapshot") ? "snapshot" : "action",
                "is not available yet: volumes cannot be filled from backups. Use create, mount or skip")
            return nil
        }
        switch (name, source) {
        case ("create", nil): return Volume(templateID: template, action: .create, readOnly: readOnly)
        case ("skip", nil): return Volume(templateID: template, action: .skip)
        case ("mount", .some(let source)):
            return Volume(templateID: template, action: .mount(source), readOnly: readOnly)
        case ("create", _), ("skip", _):
            reader.refuse("source", "must be left out when action is \(name)")
        case ("mount", nil):
            if reader.problems.isEmpty {
                reader.refuse("source", "is missing: name the volume or the template to mount by its csrn")
            }
        default:
            reader.refuse("action", "must be create, mount or skip, not \"\(name)\"")
        }
        return nil
    }

    /// `csrn:caas:template:vol:<slug>:<id>`; only kind and id matter.
    private static func parseTemplate(_ reader: inout FieldReader) -> Int64? {
        guard let text = reader.text("csrn", lengthMax: OrderLimits.nameLengthMax) else {
            if reader.problems.isEmpty {
                reader.refuse("csrn", "is missing: name the image's volume template")
            }
            return nil
        }
        if case .template(let id)? = volumeSource(text) { return id }
        reader.refuse("csrn", "must name a volume template (csrn:caas:template:vol:…:id), not \"\(text)\"")
        return nil
    }

    private static func parseSource(_ reader: inout FieldReader) -> VolumeSource? {
        guard let text = reader.text("source", lengthMax: OrderLimits.nameLengthMax) else { return nil }
        if let source = volumeSource(text) { return source }
        reader.refuse("source", "must name a volume or a volume template by its csrn, not \"\(text)\"")
        return nil
    }

    private static func volumeSource(_ csrn: String) -> VolumeSource? {
        let parts = csrn.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 6, parts[0] == "csrn", parts[1] == "caas", parts[3] == "vol", let id = Int64(parts[5]),
            id > 0
        else { return nil }
        switch parts[2] {
        case "template": return .template(id)
        case "project": return .volume(id)
        default: return nil
        }
    }
}
