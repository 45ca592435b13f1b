import Basics

/// A view that says itself what one looks like, because its members depend on each other.
package protocol Exemplified: Codable {
    static var example: Self { get }
}

/// An answer that holds the plan, and not what was made, after a `dry_run`.
package protocol PlannedView: Codable {
    static var planned: Self { get }
}

/// JSON of values of the contract's types, written by what writes the answers. So an example has the members of its
/// type, whatever becomes of it.
enum Example {
    static func json<T: Codable>(of type: T.Type) -> String { json(SchemaRecorder.record(type).sample) }

    /// Of a body; nil when its type cannot be written.
    static func json<T: Decodable>(ofInput type: T.Type) -> String? {
        (SchemaRecorder.record(type).sample as? any Encodable).map { json($0) }
    }

    /// Of what a `dry_run` is answered with.
    static func json<T: Codable>(ofPlanFor type: T.Type, by method: EndpointMethod) -> String {
        if let planned = (type as? any PlannedView.Type)?.planned { return json(planned) }
        return json(PlanAnswer.example(for: method))
    }

    private static func json(_ value: some Encodable) -> String {
        do { return String(decoding: try ViewEncoder.bytes(value), as: UTF8.self) } catch {
            preconditionFailure("\(Swift.type(of: value)) cannot be written: \(error)")
        }
    }
}
