/// An image on the wire.
package struct ImageView: Codable, Sendable {
    package struct Links: Codable, Sendable {
        package init() {}
    }

    package let id: Int64
    package let active: Bool
    package let isLoadBalancer: Bool
    package let canScale: Bool
    package let command: String?
    package let containerImageProviderId: Int64?
    package let description: String?
    package let iconUrl: String
    package let isFree: Bool
    package let label: String
    package let minCpu: DecimalText
    package let minMemory: Int64
    package let registryAuth: Bool?
    package let registryCustom: String?
    package let registryImagePath: String
    package let registryUsername: String?
    package let role: String
    package let category: String?
    package let labels: JSONObject
    package let shmSize: Int64
    package let dockerInit: Bool
    package let createdAt: Timestamp
    package let updatedAt: Timestamp
    package let containerImageEnvParams: [ImageEnvParamView]
    package let containerImageCustomHostEntries: [AnyJSON]
    package let containerImageSettingParams: [ImageSettingParamView]
    package let containerImageIngressParams: [ImageIngressParamView]
    package let systemImage: Bool
    package let availableVars: [String]
    package let volumes: [ImageVolumeView]
    package let requiredContainers: [Int64]
    package let requiredBy: [Int64]
    package let imageVariants: [ImageVariantView]
    package let links: Links
    package let name: String
    package let userId: Int64?

    package init(
        id: Int64, active: Bool, isLoadBalancer: Bool, canScale: Bool, command: String?, description: String?,
        isFree: Bool, label: String, minCpu: DecimalText, minMemory: Int64, registryAuth: Bool?,
        registryCustom: String?, registryImagePath: String, registryUsername: String?, role: String,
        category: String?, labels: JSONObject, shmSize: Int64, dockerInit: Bool, createdAt: Timestamp,
        updatedAt: Timestamp, envParams: [ImageEnvParamView], settingParams: [ImageSettingParamView],
        ingressParams: [ImageIngressParamView], availableVars: [String], volumes: [ImageVolumeView],
        requiredContainers: [Int64], requiredBy: [Int64], imageVariants: [ImageVariantView], name: String,
        userId: Int64?
    ) {
        self.id = id
        self.active = active
        self.isLoadBalancer = isLoadBalancer
        self.canScale = canScale
        self.command = command
        containerImageProviderId = nil
        self.description = description
        iconUrl = ""
        self.isFree = isFree
        self.label = label
        self.minCpu = minCpu
        self.minMemory = minMemory
        self.registryAuth = registryAuth
        self.registryCustom = registryCustom
        self.registryImagePath = registryImagePath
        self.registryUsername = registryUsername
        self.role = role
        self.category = category
        self.labels = labels
        self.shmSize = shmSize
        self.dockerInit = dockerInit
        self.createdAt = createdAt
        self.updatedAt = updatedAt
        containerImageEnvParams = envParams
        containerImageCustomHostEntries = []
        containerImageSettingParams = settingParams
        containerImageIngressParams = ingressParams
        systemImage = userId == nil
        self.availableVars = availableVars
        self.volumes = volumes
        self.requiredContainers = requiredContainers
        self.requiredBy = requiredBy
        self.imageVariants = imageVariants
        links = Links()
        self.name = name
        self.userId = userId
    }
}

/// `{"container_images": […]}`
package struct ImageList: Codable, Sendable {
    package let containerImages: [ImageView]

    package init(_ images: [ImageView]) { containerImages = images }
}

/// `{"container_image": {…}}`
package struct ImageAnswer: Codable, Sendable {
    package let containerImage: ImageView

    package init(_ image: ImageView) { containerImage = image }
}
