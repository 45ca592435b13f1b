import Basics
import Fleet
import NIOSSL

/// A parsed ``EngineEndpoint``: where to connect and with which certificates.
struct EngineAddress: Sendable {
    enum Target: Sendable, Hashable {
        case unix(path: String)
        case tcp(host: String, port: Int)
    }

    let target: Target
    /// Set for mutual TLS.
    let tls: TLSConfiguration?
    /// As the operator wrote it, for messages.
    let text: String

    /// Throws `.invalid` when the address is malformed or a certificate file cannot be read.
    init(_ endpoint: EngineEndpoint) throws(Fault) {
        text = endpoint.address
        target = try Self.parse(endpoint.address)
        guard let directory = endpoint.tlsDirectory else {
            tls = nil
            return
        }
        guard case .tcp = target else {
            throw Fault(.invalid, "TLS needs a tcp:// address, not \(endpoint.address).")
        }
        do {
            var configuration = TLSConfiguration.makeClientConfiguration()
            configuration.minimumTLSVersion = .tlsv12
            configuration.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(directory + "/ca.pem"))
            configuration.certificateChain = try NIOSSLCertificate.fromPEMFile(directory + "/cert.pem")
                .map { .certificate($0) }
            configuration.privateKey = .privateKey(try NIOSSLPrivateKey(file: directory + "/key.pem", format: .pem))
            tls = configuration
        } catch {
            throw Fault(
                .invalid, "The certificates in \(directory) cannot be read. It must hold ca.pem, cert.pem and key.pem.",
                cause: error)
        }
    }

    private static func parse(_ address: String) throws(Fault) -> Target {
        if address.hasPrefix("unix://") {
            let path = String(address.dropFirst(7))
            // sun_path holds 108 bytes with its NUL.
            guard path.hasPrefix("/"), path.utf8.count < 108, !path.utf8.contains(0) else {
                throw Fault(.invalid, "\(address) is no socket address. Write unix:///path, at most 107 bytes long.")
            }
            return .unix(path: path)
        }
        guard address.hasPrefix("tcp://") else {
            throw Fault(.invalid, "\(address) is no engine address. Write unix:///path or tcp://host:port.")
        }
        let rest = address.dropFirst(6)
        guard let colon = rest.lastIndex(of: ":"), let port = Int(rest[rest.index(after: colon)...]),
            (1...65535).contains(port), colon > rest.startIndex
        else { throw Fault(.invalid, "\(address) is no engine address. Write tcp://host:port.") }
        var host = rest[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        let allowed = host.utf8.allSatisfy { byte in
            (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
                || [45, 46, 58, 95].contains(byte)
        }
        guard allowed, !host.isEmpty else { throw Fault(.invalid, "\(address) has no usable host name.") }
        return .tcp(host: String(host), port: port)
    }

    /// What requests to this engine begin with.
    var baseURL: String {
        switch target {
        case .unix(let path):
            var host = ""
            for byte in path.utf8 {
                host += PercentEncoding.isUnreserved(byte) ? String(UnicodeScalar(byte)) : PercentEncoding.escape(byte)
            }
            return "http+unix://\(host)"
        case .tcp(let host, let port):
            let bracketed = host.utf8.contains(58) ? "[\(host)]" : host
            return "\(tls == nil ? "http" : "https")://\(bracketed):\(port)"
        }
    }

    /// The Host header: dockerd answers 400 without one, and AsyncHTTPClient sends none over a Unix socket.
    var hostHeader: String {
        switch target {
        case .unix: "docker"
        case .tcp(let host, let port): "\(host.utf8.contains(58) ? "[\(host)]" : host):\(port)"
        }
    }
}

/// RFC 3986 §2.
enum PercentEncoding {
    static func isUnreserved(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
            || [45, 46, 95, 126].contains(byte)
    }

    static func escape(_ byte: UInt8) -> String {
        let digits = Array("0123456789ABCDEF")
        return "%\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
    }

    /// `text` with everything but unreserved characters escaped, for one path segment or query value.
    static func encode(_ text: String) -> String {
        var out = ""
        for byte in text.utf8 { out += isUnreserved(byte) ? String(UnicodeScalar(byte)) : escape(byte) }
        return out
    }
}
