// Members are named as on the wire of the Engine API.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

package import Basics
package import Fleet
import FoundationEssentials
import NIOCore
import NIOHTTP1

extension DockerEngine {
    package func events(
        since: Moment, label key: String, value: String
    ) -> AsyncThrowingStream<EngineEvent, any Error> {
        let transport = transport
        var lines = LineSplitter()
        return Feed.elements(
            open: {
                var call = Call(.GET, "events")
                call.query = [
                    ("since", EngineTime.parameter(microseconds: since.milliseconds * 1000)),
                    ("filters", try Self.filters(EventAnswer.filters)),
                ]
                return try await transport.open(call)
            },
            parse: { bytes in
                lines.append(bytes)
                var events: [EngineEvent] = []
                do {
                    while let line = try lines.next() {
                        guard
                            let answer = try? JSONDecoder().decode(EventAnswer.self, from: Data(line.readableBytesView))
                        else { throw transport.error(.nonsense, "an event is not the expected JSON", "GET /events") }
                        if answer.concerns(label: key, value: value) { events.append(answer.event) }
                    }
                } catch is LineSplitter.TooLong {
                    throw transport.error(.nonsense, "an event is too long", "GET /events")
                }
                return events
            },
            atEnd: transport.error(.lost, "the events ended", "GET /events"))
    }
}

struct EventAnswer: Decodable, Sendable {
    struct ActorAnswer: Decodable, Sendable {
        let ID: String?
        let Attributes: [String: String]?
    }

    let `Type`: String
    let Action: String
    let Actor: ActorAnswer?
    let time: Int64?
    let timeNano: Int64?

    /// Leaves out what health checks and our own exec and top calls cause. Labels cannot be asked for here: events of
    /// networks carry none, so asking would hide them.
    static let filters = [
        "type": ["container", "network"],
        "event": [
            "create", "start", "restart", "die", "oom", "kill", "stop", "destroy", "rename", "pause", "unpause",
            "update", "health_status", "connect", "disconnect",
        ],
    ]

    /// Networks are told apart by their name, containers by the label.
    func concerns(label key: String, value: String) -> Bool {
        let attributes = Actor?.Attributes ?? [:]
        if self.Type == "network" { return attributes["name"]?.hasPrefix("berth-") == true }
        return attributes[key] == value
    }

    var event: EngineEvent {
        let attributes = Actor?.Attributes ?? [:]
        let nanoseconds = timeNano ?? 0
        return EngineEvent(
            type: self.Type, action: Action, name: attributes["name"] ?? Actor?.ID ?? "", labels: attributes,
            at: Moment(
                milliseconds: nanoseconds > 0 ? nanoseconds / 1_000_000 : (time ?? 0).multipliedClamped(by: 1000)))
    }
}

extension Int64 {
    fileprivate func multipliedClamped(by factor: Int64) -> Int64 {
        let (product, over) = multipliedReportingOverflow(by: factor)
        return over ? 0 : product
    }
}
