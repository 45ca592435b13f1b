package import Basics

/// One container engine, or one cluster that acts as one, with its ingress: a failure domain. v60 calls it `region`.
package struct Zone: Sendable, Hashable {
    /// Whether the zone can be worked with.
    package enum State: String, Sendable, Hashable {
        /// Nobody has talked to it yet.
        case unknown
        case online
        case unreachable
    }

    package let id: Int64
    package let locationID: Int64
    package let name: String
    /// Whether new projects may be placed here.
    package let active: Bool
    package let endpoint: EngineEndpoint
    package let ingressHTTPPort: Int
    package let ingressHTTPSPort: Int?
    /// Default domains are `<service>-<id>.<appsDomain>`. Lower case.
    package let appsDomain: String
    /// Where the ingress is reached from outside, for people and DNS; nil when unknown.
    package let publicIP: String?
    package let networkPool: String
    package let networkPrefix: Int
    /// Most containers the zone may hold.
    package let fillTo: Int64
    package let overcommit: Bool
    package let state: State
    package let stateSince: Moment?
    /// Why it is unreachable; for operators.
    package let stateDetail: String?

    package init(
        id: Int64, locationID: Int64, name: String, active: Bool, endpoint: EngineEndpoint, ingressHTTPPort: Int,
        ingressHTTPSPort: Int?, appsDomain: String, publicIP: String?, networkPool: String, networkPrefix: Int,
        fillTo: Int64, overcommit: Bool, state: State, stateSince: Moment?, stateDetail: String?
    ) {
        self.id = id
        self.locationID = locationID
        self.name = name
        self.active = active
        self.endpoint = endpoint
        self.ingressHTTPPort = ingressHTTPPort
        self.ingressHTTPSPort = ingressHTTPSPort
        self.appsDomain = appsDomain
        self.publicIP = publicIP
        self.networkPool = networkPool
        self.networkPrefix = networkPrefix
        self.fillTo = fillTo
        self.overcommit = overcommit
        self.state = state
        self.stateSince = stateSince
        self.stateDetail = stateDetail
    }

    /// The networks of this zone's projects. Throws `.bug` when the stored pool is not one, which creation forbids.
    package func networks() throws -> ZoneNetworks {
        do throws(ZoneNetworks.Problem) {
            return try ZoneNetworks(pool: networkPool, prefix: networkPrefix)
        } catch {
            throw Fault(.bug, "Something went wrong on our side.", cause: error)
        }
    }
}
