package import Basics

// What an engine answers: itself, its containers, its events, log lines and samples.

/// What an engine says of itself and its machine.
package struct EngineFacts: Sendable, Hashable {
    /// The engine's own unchanging id.
    package let id: String
    package let version: String
    /// The API version agreed on, such as `1.41`.
    package let apiVersion: String
    /// Thousandths of a core.
    package let cpuMilli: Int64
    package let memoryMB: Int64

    package init(id: String, version: String, apiVersion: String, cpuMilli: Int64, memoryMB: Int64) {
        self.id = id
        self.version = version
        self.apiVersion = apiVersion
        self.cpuMilli = cpuMilli
        self.memoryMB = memoryMB
    }
}

/// A container as the engine sees it.
package struct EngineContainer: Sendable, Hashable {
    /// What the container does, in the words of the engine.
    package enum State: String, Sendable, Hashable {
        case created
        case running
        case paused
        case restarting
        case exited
        case dead
        case removing
    }

    package let id: String
    package let name: String
    package let state: State
    /// The image's content id.
    package let imageID: String
    package let labels: [String: String]
    /// Addresses by network name; empty in a list answer of a stopped container.
    package let addresses: [String: String]
    /// nil while it runs, and in a list answer.
    package let exitCode: Int?
    package let outOfMemory: Bool
    /// How often the engine itself restarted it; 0 in a list answer.
    package let restartCount: Int

    package init(
        id: String, name: String, state: State, imageID: String, labels: [String: String], addresses: [String: String],
        exitCode: Int?, outOfMemory: Bool, restartCount: Int
    ) {
        self.id = id
        self.name = name
        self.state = state
        self.imageID = imageID
        self.labels = labels
        self.addresses = addresses
        self.exitCode = exitCode
        self.outOfMemory = outOfMemory
        self.restartCount = restartCount
    }
}

/// How a command in a container ended.
package struct ExecutionResult: Sendable, Hashable {
    package let exitCode: Int
    package let output: [UInt8]
    package let errorOutput: [UInt8]

    package init(exitCode: Int, output: [UInt8], errorOutput: [UInt8]) {
        self.exitCode = exitCode
        self.output = output
        self.errorOutput = errorOutput
    }
}

/// Something that happened on the engine.
package struct EngineEvent: Sendable, Hashable {
    /// `container`, `network`, `image`, `volume`, …
    package let type: String
    /// `die`, `start`, `destroy`, `oom`, …
    package let action: String
    package let name: String
    package let labels: [String: String]
    package let at: Moment

    package init(type: String, action: String, name: String, labels: [String: String], at: Moment) {
        self.type = type
        self.action = action
        self.name = name
        self.labels = labels
        self.at = at
    }
}

/// A line that a container wrote.
package struct EngineLogLine: Sendable, Hashable {
    /// µs since 1970.
    package let atMicroseconds: Int64
    /// 1 for standard output, 2 for standard error.
    package let stream: Int
    package let line: String

    package init(atMicroseconds: Int64, stream: Int, line: String) {
        self.atMicroseconds = atMicroseconds
        self.stream = stream
        self.line = line
    }
}

/// What a container uses at one moment.
package struct EngineSample: Sendable, Hashable {
    /// Thousandths of a core used since the engine's previous sample.
    package let cpuMilli: Int64
    package let memoryKiB: Int64
    package let memoryLimitKiB: Int64

    package init(cpuMilli: Int64, memoryKiB: Int64, memoryLimitKiB: Int64) {
        self.cpuMilli = cpuMilli
        self.memoryKiB = memoryKiB
        self.memoryLimitKiB = memoryLimitKiB
    }
}

/// The processes of a container, one row each.
package struct ProcessTable: Sendable, Hashable {
    package let titles: [String]
    package let rows: [[String]]

    package init(titles: [String], rows: [[String]]) {
        self.titles = titles
        self.rows = rows
    }
}

/// The engine has given the addresses of a network to another one, of ours or not, or keeps a piece of one that it lost
/// when it died. With other addresses the network can be made.
package struct SubnetTaken: Error {
    /// The engine's own words.
    package let message: String

    package init(message: String) { self.message = message }
}

/// An engine that died while it started or ended a container may keep remains of it, and then never starts it again.
/// Made anew, the container starts.
package struct ContainerRemains: Error {
    /// The engine's own words.
    package let message: String

    package init(message: String) { self.message = message }
}
