/// The numbers of this area, with their reasons.
package enum WorkloadLimits {
    /// A fork bomb must not take the machine with it; databases with hundreds of connections still fit.
    package static let processesPerContainerMax: Int64 = 512
    /// The engine itself restarts a crashed container this often in a row, also while Berth is down; then Berth takes
    /// over with growing pauses.
    package static let engineRestartsMax = 3
    /// Containers of one service. A project network of the default size holds 28, and a rebuild needs room beside.
    package static let containersPerServiceMax: Int64 = 20
    /// Lines of one order, so that one request cannot hold the write lock for long.
    package static let servicesPerOrderMax = 20
    /// Domains of one order line.
    package static let domainsPerServiceMax = 100
    /// Parameters of one order line.
    package static let paramsPerServiceMax = 200
    /// Volume instructions of one order line.
    package static let volumesPerServiceMax = 50
    /// Project names and service labels, in characters.
    package static let nameLengthMax = 255
    /// The value of one parameter, in bytes: what Linux lets one environment string be, less its name.
    package static let paramValueBytesMax = 100_000
    /// `external_id`, in characters.
    package static let externalIDLengthMax = 255
    /// RFC 1035 §2.3.4.
    package static let domainLengthMax = 253
    /// Letters of a label that go into a service's name: with two ids of 19 digits it still fits a DNS label (63).
    package static let nameStemLengthMax = 20
    /// A free image that says nothing gets this much.
    package static let freeCPUMilli: Int64 = 1000
    package static let freeMemoryMB: Int64 = 512
    /// How often an order is planned anew because somebody took what it wanted in between.
    package static let claimAttemptsMax = 8
    /// What plans use before there are a domain and an address (RFC 6761, RFC 5737).
    static let placeholderDomain = "example.invalid"
    static let placeholderAddress = "192.0.2.2"
}
