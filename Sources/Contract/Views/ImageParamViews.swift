/// An environment variable of an image on the wire.
package struct ImageEnvParamView: Codable, Sendable {
    package let id: Int64
    package let containerImageId: Int64
    package let name: String
    package let label: String?
    package let paramType: String
    package let createdAt: Timestamp
    package let updatedAt: Timestamp
    package let envValue: String?
    package let staticValue: String?

    package init(
        id: Int64, image: Int64, name: String, label: String?, isVariable: Bool, value: String, createdAt: Timestamp,
        updatedAt: Timestamp
    ) {
        self.id = id
        containerImageId = image
        self.name = name
        self.label = label
        paramType = isVariable ? "variable" : "static"
        self.createdAt = createdAt
        self.updatedAt = updatedAt
        envValue = isVariable ? value : nil
        staticValue = isVariable ? nil : value
    }
}

/// A setting of an image on the wire.
package struct ImageSettingParamView: Codable, Sendable {
    package let id: Int64
    package let containerImageId: Int64
    package let name: String
    package let label: String?
    package let paramType: String
    package let value: String?
    package let createdAt: Timestamp
    package let updatedAt: Timestamp

    package init(
        id: Int64, image: Int64, name: String, label: String?, paramType: String, value: String?,
        createdAt: Timestamp, updatedAt: Timestamp
    ) {
        self.id = id
        containerImageId = image
        self.name = name
        self.label = label
        self.paramType = paramType
        self.value = value
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }
}

/// A port of an image on the wire.
package struct ImageIngressParamView: Codable, Sendable {
    package struct Links: Codable, Sendable {
        package init() {}
    }

    package let id: Int64
    package let port: Int64
    package let portNat: Int64
    package let proto: String
    package let externalAccess: Bool
    package let backendSsl: Bool
    package let tcpProxyOpt: String
    package let tcpLb: Bool
    package let createdAt: Timestamp
    package let updatedAt: Timestamp
    package let loadBalancerRuleId: Int64?
    package let internalLoadBalancerId: Int64?
    package let links: Links

    package init(
        id: Int64, port: Int64, proto: String, externalAccess: Bool, backendSsl: Bool, tcpProxyOpt: String,
        tcpLb: Bool, createdAt: Timestamp, updatedAt: Timestamp
    ) {
        self.id = id
        self.port = port
        portNat = 0
        self.proto = proto
        self.externalAccess = externalAccess
        self.backendSsl = backendSsl
        self.tcpProxyOpt = tcpProxyOpt
        self.tcpLb = tcpLb
        self.createdAt = createdAt
        self.updatedAt = updatedAt
        loadBalancerRuleId = nil
        internalLoadBalancerId = nil
        links = Links()
    }
}

/// A volume of an image on the wire. Backups are not offered yet; their fields say "off".
package struct ImageVolumeView: Codable, Sendable {
    package let id: Int64
    package let label: String
    package let mountPath: String
    package let enableSftp: Bool
    package let borgEnabled: Bool?
    package let borgFreq: String
    package let borgStrategy: String
    package let borgKeepHourly: Int64
    package let borgKeepDaily: Int64
    package let borgKeepWeekly: Int64
    package let borgKeepMonthly: Int64
    package let borgKeepAnnually: Int64
    package let borgPreBackup: [String]
    package let borgPostBackup: [String]
    package let borgPreRestore: [String]
    package let borgPostRestore: [String]
    package let borgRollback: [String]
    package let mountRo: Bool
    package let sourceVolumeId: Int64?
    package let createdAt: Timestamp
    package let updatedAt: Timestamp

    package init(
        id: Int64, label: String, mountPath: String, enableSftp: Bool, mountRo: Bool, createdAt: Timestamp,
        updatedAt: Timestamp
    ) {
        self.id = id
        self.label = label
        self.mountPath = mountPath
        self.enableSftp = enableSftp
        borgEnabled = false
        borgFreq = "@daily"
        borgStrategy = "file"
        borgKeepHourly = 0
        borgKeepDaily = 0
        borgKeepWeekly = 0
        borgKeepMonthly = 0
        borgKeepAnnually = 0
        borgPreBackup = []
        borgPostBackup = []
        borgPreRestore = []
        borgPostRestore = []
        borgRollback = []
        self.mountRo = mountRo
        sourceVolumeId = nil
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }
}

/// A version of an image on the wire.
package struct ImageVariantView: Codable, Sendable {
    package let id: Int64
    package let label: String
    package let isDefault: Bool
    package let version: Int64
    package let registryImageTag: String
    package let beforeMigrate: String?
    package let afterMigrate: String?
    package let rollbackMigrate: String?
    package let validatedTag: Bool
    package let validatedTagUpdated: Timestamp?
    package let createdAt: Timestamp
    package let updatedAt: Timestamp

    package init(
        id: Int64, label: String, isDefault: Bool, version: Int64, registryImageTag: String, createdAt: Timestamp,
        updatedAt: Timestamp
    ) {
        self.id = id
        self.label = label
        self.isDefault = isDefault
        self.version = version
        self.registryImageTag = registryImageTag
        beforeMigrate = nil
        afterMigrate = nil
        rollbackMigrate = nil
        validatedTag = true
        validatedTagUpdated = nil
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }
}
