import Basics
import Contract
import Hummingbird
import NIOCore

/// The body of a request, read only by endpoints that take one.
typealias BodyBytes = ByteBuffer?

enum Body {
    /// Reads the body of a request within the endpoint's limits of size and time; nil when it is empty.
    static func read(
        _ request: Request, for endpoint: EndpointDescription, within deadlines: BodyDeadlines
    ) async throws -> BodyBytes {
        guard endpoint.takesBody else { return nil }
        let bytes = try await deadlines.run { try await collect(request, upTo: endpoint.bodyBytesMax) }
        guard let bytes else { throw HTTPFault.bodyTooSlow }
        guard bytes.readableBytes > 0 else { return nil }
        // Unpacking what a stranger packed is a way to be blown up; nothing here is large enough to need it.
        if let coding = request.headers.value(of: .contentEncoding), coding.lowercased() != "identity" {
            throw HTTPFault.encodedBody
        }
        let type = try contentType(request.headers.value(of: .contentType), endpoint.dialect)
        return type == .form ? try FormBody.json(bytes) : bytes
    }

    /// The body of a request for a page.
    static func form(_ request: Request, within deadlines: BodyDeadlines) async throws -> RequestBody {
        guard request.method == .post else { return RequestBody(buffer: ByteBuffer()) }
        let bytes = try await deadlines.run { try await collect(request, upTo: EndpointLimits.formBytesMax) }
        guard let bytes else { throw HTTPFault.bodyTooSlow }
        return RequestBody(buffer: bytes)
    }

    /// The whole body; throws when it is, or says that it will be, larger than `limit`.
    private static func collect(_ request: Request, upTo limit: Int) async throws -> ByteBuffer {
        if let announced = request.headers.value(of: .contentLength).flatMap({ Int($0) }), announced > limit {
            throw HTTPFault.tooLarge(limit)
        }
        do { return try await request.body.collect(upTo: limit) } catch is NIOTooManyBytesError {
            throw HTTPFault.tooLarge(limit)
        }
    }

    /// The body as the endpoint's type.
    static func decode<Input, Output>(_ bytes: BodyBytes, for endpoint: Endpoint<Input, Output>) throws -> Input {
        if let nothing = Nothing() as? Input { return nothing }
        guard let bytes else {
            if let type = Input.self as? any OptionalBody.Type, let empty = type.init() as? Input { return empty }
            throw Fault(.malformed, "The body is empty. Send a JSON object.")
        }
        let value: JSONValue
        do { value = try JSONValue(parsing: bytes.readableBytesView) } catch {
            throw Fault(.malformed, "The body is not valid JSON: \(error.sentence)")
        }
        // PostgreSQL has no text with a zero in it, and nobody means one.
        if value.hasZero { throw Fault(.invalid, "Text in the body must not contain a zero character.") }
        return try decode(value)
    }

    /// A part of a body as a type of the contract, with what is wrong in it as a sentence.
    static func decode<T: Decodable>(_ value: JSONValue, as type: T.Type = T.self) throws -> T {
        do { return try BodyDecoder.decode(T.self, from: value) } catch let problem as BodyProblem {
            throw Fault(problem.isAboutTheRoot ? .malformed : .invalid, problem.description)
        }
    }

    private enum ContentType { case json, form }

    private static func contentType(_ header: String?, _ dialect: EndpointDialect) throws -> ContentType {
        guard let header else { return dialect == .oauth ? .form : .json }
        let type = header.prefix { $0 != ";" }.filter { $0 != " " }.lowercased()
        if type == "application/json" || type.hasSuffix("+json") { return .json }
        if dialect == .oauth, type == "application/x-www-form-urlencoded" { return .form }
        throw dialect == .oauth ? HTTPFault.notForm : HTTPFault.notJSON
    }
}

extension JSONValue {
    /// Whether a text anywhere in it holds U+0000.
    fileprivate var hasZero: Bool {
        switch self {
        case .string(let text): text.utf8.contains(0)
        case .array(let items): items.contains(where: \.hasZero)
        case .object(let members): members.contains { $0.key.utf8.contains(0) || $0.value.hasZero }
        case .null, .bool, .int, .number: false
        }
    }
}
