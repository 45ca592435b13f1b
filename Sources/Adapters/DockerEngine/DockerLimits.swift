/// Every limit of the Docker client, with unit and reason.
enum DockerLimits {
    /// The newest API version this client was written for. The engine may answer an older one.
    static let apiVersionMax = APIVersion(major: 1, minor: 44)
    /// Docker Engine 20.10 (Debian 12). Older ones lack one-shot statistics.
    static let apiVersionMin = APIVersion(major: 1, minor: 41)

    /// Opening a connection, TLS handshake included.
    static let connectSeconds: Int64 = 5
    /// Ping, version, info: an engine in health answers these at once.
    static let probeSeconds: Int64 = 5
    /// Reading calls. Busy engines with hundreds of containers were seen to need several seconds.
    static let querySeconds: Int64 = 15
    /// Creating, starting, removing. Starting is the slowest: runc, network, init.
    static let changeSeconds: Int64 = 60
    /// On top of the grace period of a stop.
    static let stopExtraSeconds: Int64 = 20
    /// Sending or fetching an archive.
    static let archiveSeconds: Int64 = 120
    /// A pull, build, import or load as a whole.
    static let imageSeconds: Int64 = 1800
    /// Silence in a pull, build, import or load.
    static let imageIdleSeconds: Int64 = 180
    /// Running a command inside a container, by default.
    static let executeSeconds: Int64 = 60

    /// Answers that describe one thing or report a change.
    static let answerBytesMax = 4 << 20
    /// Lists: 10 000 containers at 3 KB each.
    static let listBytesMax = 32 << 20
    /// What is read of an error answer; the rest is dropped.
    static let errorBytesMax = 64 << 10
    /// What an error message is cut to.
    static let messageCharactersMax = 500
    /// One line of a progress, event or statistics stream.
    static let lineBytesMax = 1 << 20
    /// One frame of a log or exec stream. The engine sends at most 32 KB.
    static let frameBytesMax = 1 << 20
    /// One log line put together from frames; the rest of it is dropped.
    static let logLineBytesMax = 64 << 10
    /// Output of a command inside a container, both streams together.
    static let executeBytesMax = 4 << 20
    /// Head of the answer to an upgrade request.
    static let upgradeHeadBytesMax = 16 << 10

    /// Calls at the same time to one engine; more wait for a connection.
    static let connectionsMax = 64
    /// Streams at the same time to one engine: one log stream per container of a full machine.
    static let streamsMax = 4096
    /// Time-outs in a row after which the engine counts as hung.
    static let breakerTimeoutsMax = 3
    /// How long calls to a hung engine fail at once before one is let through to try.
    static let breakerOpenSeconds: Int64 = 5
    /// Remembered statistics readings per engine.
    static let readingsMax = 8192
    /// Waiting for a container that is being removed to be gone.
    static let removalWaitSeconds: Int64 = 20

    /// Docker's own default plus what databases ask for; a tenant never gets more than these, whoever asks.
    static let capabilitiesAllowed: Set<String> = [
        "AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "IPC_LOCK", "KILL", "MKNOD", "NET_ADMIN",
        "NET_BIND_SERVICE", "NET_RAW", "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT", "SYS_NICE",
        "SYS_PTRACE", "SYS_RESOURCE",
    ]
    /// What images need to drop root, own their files and bind low ports.
    static let capabilitiesBase: Set<String> = [
        "CHOWN", "DAC_OVERRIDE", "FOWNER", "KILL", "NET_BIND_SERVICE", "SETGID", "SETUID",
    ]
}

/// The labels by which the adapter knows its own.
package enum DockerLabels {
    /// Which installation made an object. Objects of another installation are never touched.
    package static let installation = "berth.installation"
    /// SHA-256 of what a container was made from; see ``ContainerSeal``.
    package static let spec = "berth.spec"
}
