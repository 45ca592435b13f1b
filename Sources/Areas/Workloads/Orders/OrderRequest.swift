/// What a customer asks for, understood but not yet judged: types are right, every form clients send is normalised, and
/// nothing was looked up.
package struct OrderRequest: Sendable, Hashable {
    /// Where the services should go.
    package enum Target: Sendable, Hashable {
        case newProject(name: String)
        case project(Int64)
    }

    /// What should run.
    package enum ImageChoice: Sendable, Hashable {
        case variant(Int64)
        /// The default variant of this image.
        case image(Int64)
    }

    /// A volume that exists by then.
    package enum VolumeSource: Sendable, Hashable {
        /// A volume that another line of this order creates from this template.
        case template(Int64)
        /// A volume of the project.
        case volume(Int64)
    }

    /// What to do about a volume template.
    package enum VolumeAction: Sendable, Hashable {
        case create
        case skip
        case mount(VolumeSource)
    }

    /// What to do about one of the image's volume templates. Templates without an instruction are created.
    package struct Volume: Sendable, Hashable {
        package let templateID: Int64
        package let action: VolumeAction
        /// nil: as the template says.
        package let readOnly: Bool?

        package init(templateID: Int64, action: VolumeAction, readOnly: Bool? = nil) {
            self.templateID = templateID
            self.action = action
            self.readOnly = readOnly
        }
    }

    /// A value for one of the image's settings.
    package struct Param: Sendable, Hashable {
        package let key: String
        package let value: String

        package init(key: String, value: String) {
            self.key = key
            self.value = value
        }
    }

    /// One service.
    package struct Line: Sendable, Hashable {
        package var image: ImageChoice
        /// The service's label; nil for the image's.
        package var label: String?
        package var productID: Int64?
        /// Containers of the service, 1…``OrderLimits/containersPerServiceMax``.
        package var quantity: Int64
        package var params: [Param]
        /// As written; the planner judges them.
        package var domains: [String]
        package var volumes: [Volume]

        package init(
            image: ImageChoice, label: String? = nil, productID: Int64? = nil, quantity: Int64 = 1,
            params: [Param] = [], domains: [String] = [], volumes: [Volume] = []
        ) {
            self.image = image
            self.label = label
            self.productID = productID
            self.quantity = quantity
            self.params = params
            self.domains = domains
            self.volumes = volumes
        }
    }

    package var target: Target
    package var locationID: Int64?
    package var zoneID: Int64?
    package var skipSSH: Bool
    /// The customer's own name for the order.
    package var externalID: String?
    package var lines: [Line]

    package init(
        target: Target, locationID: Int64? = nil, zoneID: Int64? = nil, skipSSH: Bool = false,
        externalID: String? = nil, lines: [Line]
    ) {
        self.target = target
        self.locationID = locationID
        self.zoneID = zoneID
        self.skipSSH = skipSSH
        self.externalID = externalID
        self.lines = lines
    }
}
