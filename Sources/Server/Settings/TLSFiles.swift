import HummingbirdHTTP2
import NIOSSL

/// The files that TLS is served with.
package struct TLSFiles: Sendable, Hashable {
    /// PEM: our certificate first, then those that lead to its issuer.
    package let certificate: String
    /// PEM, without a password.
    package let key: String

    /// What the listener needs. Throws ``SettingsProblems`` when a file cannot be read, or the two do not belong
    /// together. From then on old versions of TLS are refused: 1.2 is the least (RFC 9325 §3.1.1).
    func configuration() throws -> TLSConfiguration {
        func read<T>(_ name: SettingName, _ path: String, _ body: () throws -> T) throws(SettingsProblems) -> T {
            do { return try body() } catch {
                throw SettingsProblems(["\(name.rawValue): \(path) cannot be read as PEM: \(error)."])
            }
        }
        let chain = try read(.tlsCertificate, certificate) { try NIOSSLCertificate.fromPEMFile(certificate) }
        let secret = try read(.tlsKey, key) { try NIOSSLPrivateKey(file: key, format: .pem) }
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(secret))
        configuration.minimumTLSVersion = .tlsv12
        // Building a context is what compares the two.
        do { _ = try NIOSSLContext(configuration: configuration) } catch {
            throw SettingsProblems(["\(SettingName.tlsKey.rawValue): \(key) is not the key of \(certificate)."])
        }
        return configuration
    }
}

/// A path, or `none`.
struct OptionalPath: SettingValue {
    let path: String?

    var shown: String { path ?? "none" }

    init(parsing text: String) throws(SettingProblem) {
        path = text == "none" ? nil : try SettingsReading.path(text)
    }
}

extension SettingsReading {
    /// Both files, or neither; nil after noting what is wrong.
    mutating func tlsFiles() -> (files: TLSFiles?, Void)? {
        let certificate = value(.tlsCertificate, OptionalPath.init(parsing:))
        let key = value(.tlsKey, OptionalPath.init(parsing:))
        guard let certificate, let key else { return nil }
        switch (certificate.path, key.path) {
        case (let certificate?, let key?): return (TLSFiles(certificate: certificate, key: key), ())
        case (nil, nil): return (nil, ())
        case (_?, nil): refuse(.tlsKey, "is missing: a certificate needs its key")
        case (nil, _?): refuse(.tlsCertificate, "is missing: a key needs its certificate")
        }
        return nil
    }
}
