/// The numbers of this area, with their reasons.
package enum WorkloadLimits {
    /// A fork bomb must not take the machine with it; databases with hundreds of connections still fit.
    package static let processesPerContainerMax: Int64 = 512
    /// The engine itself restarts a crashed container this often in a row, also while Berth is down; then Berth takes
    /// over with growing pauses.
    package static let engineRestartsMax = 3
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
