import NIOSSL

/// Whose certificate it is, by name.
///
/// swift-nio-ssl also takes a certificate that is valid for the *address* we are connected to in place of the name we
/// asked for. As anybody can have one for his own address, whoever answers DNS queries for us could then read the mail;
/// so the name is looked at once more (RFC 9525 §6.3).
enum PeerName {
    /// Whether a certificate names `host`.
    static func stands(in certificate: NIOSSLCertificate, host: String) -> Bool {
        certificate._subjectAlternativeNames().contains { name in
            name.nameType == .dnsName && matches(String(decoding: name.contents, as: UTF8.self), host: host)
        }
    }

    /// Equal, or equal but for the first label where the certificate has `*`.
    static func matches(_ name: String, host: String) -> Bool {
        let (name, host) = (name.lowercased(), host.lowercased())
        if name == host { return !host.isEmpty }
        guard name.hasPrefix("*."), let dot = host.firstIndex(of: "."), dot != host.startIndex else { return false }
        let rest = name.dropFirst(2)
        return rest.contains(".") && !rest.contains("*") && host[host.index(after: dot)...] == rest
    }
}
