package import Basics

/// What went wrong between us and an engine. Callers of the port see the ``Fault`` made from it, with this as cause.
package struct DockerError: Error, Sendable {
    /// What kind of failure it was.
    package enum Kind: Sendable, Hashable {
        /// The engine answered with an error status.
        case refused(status: Int)
        /// No answer in time.
        case timedOut
        /// No connection.
        case unreachable
        /// The connection ended before the answer did. What was asked may have happened or not.
        case lost
        /// The answer is not what an engine says.
        case nonsense
        /// The answer is larger than the limit for it.
        case tooLarge
        /// Not asked, because the engine did not answer the last calls.
        case resting
        /// The request cannot be made, or the engine is too old.
        case unusable
    }

    package let kind: Kind
    /// The engine's own words where there are any.
    package let message: String
    package let endpoint: String
    /// Method and path, for the log.
    package let request: String

    package init(kind: Kind, message: String, endpoint: String, request: String) {
        self.kind = kind
        self.message = String(message.prefix(DockerLimits.messageCharactersMax))
        self.endpoint = endpoint
        self.request = request
    }

    /// The HTTP status, when the engine answered.
    package var status: Int? {
        if case .refused(let status) = kind { status } else { nil }
    }

    /// Whether the same call may succeed later without anybody changing anything.
    package var isTransient: Bool { code == .unavailable }

    /// The start of a container was refused because containerd still has a task of it ("task 33…: already exists").
    var leavesRemains: Bool { status == 500 && message.hasPrefix("task ") && message.hasSuffix("already exists") }

    /// The class of fault this is for the areas.
    package var code: Fault.Code {
        switch kind {
        case .timedOut, .unreachable, .lost, .nonsense, .resting: .unavailable
        case .tooLarge, .unusable: .invalid
        case .refused(let status): Self.code(status: status, message: message)
        }
    }

    package var fault: Fault { Fault(code, sentence, cause: self) }

    private var sentence: String {
        switch kind {
        case .refused: "The container engine refused: \(message)."
        case .timedOut: "The container engine did not answer in time. It is tried again."
        case .unreachable: "The container engine cannot be reached. Check that it runs."
        case .lost: "The connection to the container engine was lost. It is tried again."
        case .nonsense: "The container engine gave an answer that makes no sense: \(message)."
        case .tooLarge: "The container engine's answer is too large: \(message)."
        case .resting: "The container engine did not answer the last calls. It is tried again in a few seconds."
        case .unusable: message
        }
    }

    /// The engine answers many bad requests with 500; such never get better by trying again.
    private static let invalidInDisguise = [
        "invalid volume spec", "invalid mount", "invalid mode", "invalid reference format", "invalid argument",
        "exec format error", "executable file not found", "no such image", "not a directory: unknown",
        "no such file or directory: unknown", "minimum memory limit", "unknown or invalid runtime",
    ]
    private static let conflictInDisguise = [
        "address already in use", "port is already allocated", "already exists", "has active endpoints",
        "volume is in use", "pool overlaps", "is not running",
    ]

    private static func code(status: Int, message: String) -> Fault.Code {
        switch status {
        case 404: return .notFound
        // Two creations of one network at once: ours, whose answer was lost, is not done yet. Later it is there, and is
        // adopted. What others have is refused earlier, and in other words.
        case 403 where message.lowercased().contains("have overlapping ipv4"): return .unavailable
        case 409, 401, 403: return .conflict
        case 429, 502...599: return .unavailable
        case 500:
            let text = message.lowercased()
            if invalidInDisguise.contains(where: text.contains) { return .invalid }
            if conflictInDisguise.contains(where: text.contains) { return .conflict }
            return .unavailable
        case 300..<400, 0..<200: return .unavailable
        default: return .invalid
        }
    }
}

extension DockerError: CustomStringConvertible {
    package var description: String {
        let what = status.map { "status \($0)" } ?? "\(kind)"
        return "\(request) at \(endpoint): \(what): \(message)"
    }
}

extension Fault {
    /// The engine error behind this fault, if there is one.
    package var dockerError: DockerError? { cause as? DockerError }
}
