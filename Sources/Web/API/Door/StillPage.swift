import HTTPTypes
import Hummingbird
import NIOCore
import Synchronization

/// A page that is the same for everybody as long as the process runs: written when the first one asks for it, and kept
/// with its packed forms and its tags.
package final class StillPage: Sendable {
    /// `text/html; charset=utf-8`
    private let type: String
    /// What a browser may load and run for it.
    private let policy: String?
    private let write: @Sendable () -> String
    private let kept = Mutex<Forms?>(nil)

    /// The page as it is and as it is packed.
    private struct Forms {
        let tag: String
        let plain: ByteBuffer
        let packed: [Compression: ByteBuffer]
    }

    /// Seconds for which a browser need not ask again.
    private static let freshSeconds = 300

    package init(type: String, policy: String? = nil, write: @escaping @Sendable () -> String) {
        self.type = type
        self.policy = policy
        self.write = write
    }

    /// The answer to a `GET` or `HEAD`.
    func respond(to request: Request) -> Response {
        let forms = forms()
        let coding = Compression.chosen(by: request.headers.value(of: .acceptEncoding)).flatMap {
            forms.packed[$0] == nil ? nil : $0
        }
        // A strong tag names bytes, and packed ones are others (RFC 9110 §8.8.3).
        func tag(_ coding: Compression?) -> String { "\"\(forms.tag)\(coding.map { "-" + $0.rawValue } ?? "")\"" }
        var headers: HTTPFields = [
            .eTag: tag(coding), .cacheControl: "public, max-age=\(Self.freshSeconds)", .vary: "Accept-Encoding",
            .xContentTypeOptions: "nosniff",
        ]
        let tags = ([nil, .gzip, .brotli] as [Compression?]).map(tag)
        if let known = request.headers.value(of: .ifNoneMatch),
            tags.contains(where: { EntityTag(text: $0).isIn(known) })
        {
            return Response(status: .notModified, headers: headers)
        }
        headers[.contentType] = type
        if let policy {
            headers[.contentSecurityPolicy] = policy
            headers[.referrerPolicy] = "no-referrer"
            headers[.frameOptions] = "DENY"
        }
        if let coding { headers[.contentEncoding] = coding.rawValue }
        let body = coding.flatMap { forms.packed[$0] } ?? forms.plain
        return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: body))
    }

    private func forms() -> Forms {
        kept.withLock { kept in
            if let kept { return kept }
            let plain = ByteBuffer(string: write())
            var packed: [Compression: ByteBuffer] = [:]
            for coding in [Compression.gzip, .brotli] { packed[coding] = coding.pack(plain) }
            let forms = Forms(tag: EntityTag(of: plain).opaque, plain: plain, packed: packed)
            kept = forms
            return forms
        }
    }
}

/// Pages that are the same for everybody, by path.
package struct StillPages: Sendable {
    private let pages: [Substring: StillPage]
    /// Paths that lead to another one.
    private let redirects: [Substring: String]

    package init(_ pages: [Substring: StillPage] = [:], redirects: [Substring: String] = [:]) {
        self.pages = pages
        self.redirects = redirects
    }

    /// Whether there is something at a path.
    func owns(_ path: Substring) -> Bool { pages[path] != nil || redirects[path] != nil }

    /// What is there. Throws when the request is for something else than to see it.
    func respond(to request: Request, at path: Substring) throws -> Response {
        guard request.method == .get || request.method == .head else {
            throw HTTPFault.methodNotAllowed("GET, HEAD")
        }
        if let page = pages[path] { return page.respond(to: request) }
        guard let target = redirects[path] else { throw HTTPFault.unknownCall }
        return Response(status: .permanentRedirect, headers: [.location: target])
    }
}

extension HTTPField.Name {
    static let frameOptions = stillPage("X-Frame-Options")
    static let referrerPolicy = stillPage("Referrer-Policy")

    private static func stillPage(_ name: String) -> HTTPField.Name {
        guard let name = HTTPField.Name(name) else { preconditionFailure("\(name) is a header name.") }
        return name
    }
}
