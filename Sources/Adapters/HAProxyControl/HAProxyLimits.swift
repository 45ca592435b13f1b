/// Bounds of the ingress, with unit and reason.
package enum HAProxyLimits {
    /// Connections of clients at once. Two file descriptors each must fit into 20 000, a usual limit.
    static let connectionsMax = 9900
    /// Long enough for a working day's downloads and chats; short enough for the memory of many reloads.
    static let drainHours = 12
    /// A new instance is found ready within this time.
    static let candidateCheckMilliseconds = 100
    /// HAProxy with all its connections, and several workers that drain.
    static let memoryMB: Int64 = 1024
    /// Threads of master and workers, and of the commands run beside them.
    static let processesMax: Int64 = 1024
    /// Changes that come closer together than this are applied together.
    package static let coalesceMilliseconds = 250
    /// How long a started HAProxy may take until it can be asked.
    static let startSeconds = 10
    /// What is shown of HAProxy's own message.
    static let messageCharactersMax = 600
}
