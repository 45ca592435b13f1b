import Basics
import Catalogue
import Contract

extension ImageView {
    init(_ details: ImageDetails) {
        let image = details.image
        let params = details.params
        self.init(
            id: image.id, active: image.active, isLoadBalancer: image.isLoadBalancer, canScale: image.canScale,
            command: image.command, description: image.description, isFree: image.isFree, label: image.label,
            minCpu: DecimalText(milli: image.minCPUMilli), minMemory: image.minMemoryMB,
            registryAuth: image.registryAuth, registryCustom: image.registryHost,
            registryImagePath: image.registryPath, registryUsername: image.registryUsername, role: image.role,
            category: image.category, labels: JSONObject(image.labels.mapValues { .string($0) }),
            shmSize: image.shmBytes, dockerInit: image.useInit, createdAt: Timestamp(image.createdAt),
            updatedAt: Timestamp(image.updatedAt),
            envParams: params.environment.map { ImageEnvParamView($0, image: image.id) },
            settingParams: params.settings.map { ImageSettingParamView($0, image: image.id) },
            ingressParams: params.ports.map(ImageIngressParamView.init),
            availableVars: Self.variables(params), volumes: params.volumes.map(ImageVolumeView.init),
            requiredContainers: params.requires.map(\.imageID), requiredBy: details.requiredBy,
            imageVariants: details.variants.map(ImageVariantView.init), name: image.name, userId: image.ownerID)
    }

    /// Paths that a variable parameter of this image may name.
    private static func variables(_ params: ImageParams) -> [String] {
        let settings = params.settings.map { "build.settings.\($0.name)" }
        let own = Variable.Fact.allCases.map { "build.self.\($0.rawValue)" }
        let others = params.requires.flatMap { need in
            Variable.Fact.allCases.filter(Variable.Fact.ofDependency.contains).map {
                "dep.\(need.role).self.\($0.rawValue)"
            }
        }
        return ["region.endpoint.api"] + settings + own + others
    }
}

extension ImageEnvParamView {
    init(_ param: EnvParam, image: Int64) {
        self.init(
            id: param.id, image: image, name: param.name, label: param.label, isVariable: param.kind == .variable,
            value: param.value, createdAt: Timestamp(param.createdAt), updatedAt: Timestamp(param.updatedAt))
    }
}

extension ImageSettingParamView {
    init(_ param: SettingParam, image: Int64) {
        self.init(
            id: param.id, image: image, name: param.name, label: param.label, paramType: param.kind.rawValue,
            value: param.value, createdAt: Timestamp(param.createdAt), updatedAt: Timestamp(param.updatedAt))
    }
}

extension ImageIngressParamView {
    init(_ param: PortParam) {
        self.init(
            id: param.id, port: Int64(param.port), proto: param.proto.rawValue, externalAccess: param.external,
            backendSsl: param.backendTLS, tcpProxyOpt: param.proxyHeader.rawValue, tcpLb: param.tcpLoadBalancing,
            createdAt: Timestamp(param.createdAt), updatedAt: Timestamp(param.updatedAt))
    }
}

extension ImageVolumeView {
    init(_ param: VolumeParam) {
        self.init(
            id: param.id, label: param.label, mountPath: param.mountPath, enableSftp: param.enableSFTP,
            mountRo: param.readOnly, createdAt: Timestamp(param.createdAt), updatedAt: Timestamp(param.updatedAt))
    }
}

extension ImageVariantView {
    init(_ variant: ImageVariant) {
        self.init(
            id: variant.id, label: variant.label, isDefault: variant.isDefault, version: variant.version,
            registryImageTag: variant.tag, createdAt: Timestamp(variant.createdAt),
            updatedAt: Timestamp(variant.updatedAt))
    }
}
