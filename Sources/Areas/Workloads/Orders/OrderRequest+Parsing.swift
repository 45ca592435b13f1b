package import Basics

extension OrderRequest {
    /// Understands the body of `POST /api/orders`: `{"order": {…}}`. Unknown fields are ignored, as v60 clients expect.
    ///
    /// Throws `.malformed` when there is no `order` object, `.invalid` with one sentence for every field that is wrong.
    package static func parse(_ body: JSONValue) throws -> OrderRequest {
        guard let order = body["order"]?.members else {
            throw Fault(.malformed, "The request needs an object \"order\".")
        }
        var reader = FieldReader(order, path: "")
        let projectID = reader.id("project_id")
        let projectName = reader.text("project_name", lengthMax: OrderLimits.nameLengthMax)
        let locationID = reader.id("location_id")
        let zoneID = reader.id("region_id")
        let skipSSH = reader.flag("skip_ssh") ?? false
        let externalID = reader.textOrNumber("external_id", lengthMax: OrderLimits.externalIDLengthMax)
        if projectID == nil, projectName == nil, !reader.problems.contains(where: { $0.hasPrefix("project_") }) {
            reader.adopt(["Missing project name: give project_name, or project_id to add to a project."])
        }
        let lines = parseLines(&reader)
        if !reader.problems.isEmpty { throw Fault(.invalid, reader.problems) }
        let target = projectID.map(Target.project) ?? .newProject(name: projectName ?? "")
        return OrderRequest(
            target: target, locationID: locationID, zoneID: zoneID, skipSSH: skipSSH, externalID: externalID,
            lines: lines)
    }

    private static func parseLines(_ reader: inout FieldReader) -> [Line] {
        let before = reader.problems.count
        let containers = reader.list("containers", countMax: OrderLimits.servicesPerOrderMax)
        if containers.isEmpty, reader.problems.count == before {
            reader.adopt(["Missing containers: give at least one member of containers."])
        }
        var lines: [Line] = []
        for (index, container) in containers.enumerated() {
            guard let members = container.members else {
                reader.refuse("containers[\(index)]", "must be an object, not \(FieldReader.shown(container))")
                continue
            }
            var own = FieldReader(members, path: "containers[\(index)].")
            if let line = parseLine(&own) { lines.append(line) }
            reader.adopt(own.problems)
        }
        return lines
    }

    private static func parseLine(_ reader: inout FieldReader) -> Line? {
        let label = reader.text("name", lengthMax: OrderLimits.nameLengthMax)
        let label2 = reader.text("label", lengthMax: OrderLimits.nameLengthMax)
        let quantity = reader.number("qty", in: 1...OrderLimits.containersPerServiceMax) ?? 1
        let product = parseProduct(&reader)
        let params = parseParams(&reader)
        let domains = parseDomains(&reader)
        let volumes = parseVolumes(&reader)
        if reader.has("source") {
            reader.refuse(
                "source", "is not available yet: the configuration of a service cannot be copied. Give params instead")
        }
        guard let image = parseImage(&reader) else { return nil }
        return Line(
            image: image, label: label ?? label2, productID: product, quantity: quantity, params: params,
            domains: domains, volumes: volumes)
    }

    private static func parseImage(_ reader: inout FieldReader) -> ImageChoice? {
        let before = reader.problems.count
        // All are read before one is taken: what is wrong is said also where another goes before it.
        let (variant, image, containerImage) = (
            reader.id("image_variant_id"), reader.id("image_id"), reader.id("container_image_id")
        )
        if let variant { return .variant(variant) }
        if let image = image ?? containerImage { return .image(image) }
        if reader.problems.count == before {
            reader.refuse("image_variant_id", "is missing: name an image by image_variant_id or image_id")
        }
        return nil
    }

    /// The package, under any of the names that clients use.
    private static func parseProduct(_ reader: inout FieldReader) -> Int64? {
        var inner = FieldReader(reader.object("resources"), path: "\(reader.path)resources.")
        let found = [inner.id("product_id"), inner.id("package_id"), reader.id("product_id"), reader.id("package_id")]
        reader.adopt(inner.problems)
        return found.lazy.compactMap(\.self).first
    }

    private static func parseParams(_ reader: inout FieldReader) -> [Param] {
        var params: [Param] = []
        for (index, item) in reader.list("params", countMax: OrderLimits.paramsPerServiceMax).enumerated() {
            let field = "params[\(index)]"
            guard let key = item["key"]?.text, !key.isEmpty else {
                reader.refuse(field, "must be an object with a text \"key\" and a \"value\"")
                continue
            }
            let value: String? =
                switch item["value"] {
                case .string(let text): text
                case .int(let number): String(number)
                case .bool(let flag): flag ? "true" : "false"
                case .null, nil: ""
                case .number(let number): number.description
                case .array, .object: nil
                }
            guard let value else {
                reader.refuse("\(field).value", "must be text")
                continue
            }
            guard value.utf8.count <= OrderLimits.paramValueBytesMax else {
                reader.refuse("\(field).value", "must not be longer than \(OrderLimits.paramValueBytesMax) bytes")
                continue
            }
            params.append(Param(key: key, value: value))
        }
        return params
    }

    private static func parseDomains(_ reader: inout FieldReader) -> [String] {
        var domains: [String] = []
        for (index, item) in reader.list("domains", countMax: OrderLimits.domainsPerServiceMax).enumerated() {
            if let text = item.text {
                domains.append(FieldReader.trimmed(text))
            } else {
                reader.refuse("domains[\(index)]", "must be text, not \(FieldReader.shown(item))")
            }
        }
        return domains
    }
}
