import AsyncHTTPClient
import Basics
package import Identity
import NIOCore
import NIOHTTP1
import NIOPosix
import Workloads

/// Calls addresses that customers have given us, without letting them reach what only we can reach.
///
/// The name is looked up once; each of its addresses must be one of the internet at large; the connection goes to the
/// address that was checked, so that a name which means another machine a moment later leads nowhere (DNS rebinding).
/// Redirects are not followed. TLS is checked against the name.
package struct GuardedSender: CallbackSender {
    /// What a receiver is given.
    package enum Limits {
        /// A receiver that takes longer is tried again later.
        package static let seconds: Int64 = 10
        /// Of an answer nothing is used but its status; more than this is not waited for.
        package static let answerBytesMax = 65_536
        /// Where HTTPS is served. Other ports belong to other protocols.
        package static let ports = [443, 8443]
    }

    /// Private networks that the operator has opened: any port and `http` may be called there.
    private let opened: [IPNetwork]

    package init(opened: [IPNetwork] = []) { self.opened = opened }

    package func post(_ url: String, headers: [(String, String)], body: String) async throws -> Int {
        guard let place = EgressAddress(url) else { throw Fault(.invalid, "The address cannot be called.") }
        let addresses = try await resolve(place.host)
        guard let first = addresses.first else { throw Fault(.unavailable, "\(place.host) is not known to DNS.") }
        for address in addresses { try require(address, place) }
        var request = HTTPClientRequest(url: url)
        request.method = .POST
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        request.headers.replaceOrAdd(name: "User-Agent", value: "Berth")
        request.body = .bytes(ByteBuffer(string: body))
        return try await send(request, to: first, instead: place.host)
    }

    /// Throws `.invalid` when an address is nobody's business; there is no use in trying again.
    private func require(_ address: String, _ place: EgressAddress) throws {
        guard let number = IPAddress(address) else { throw Fault(.invalid, "\(address) is not an address.") }
        if opened.contains(where: { $0.contains(number) }) { return }
        guard number.isGlobal else {
            throw Fault(
                .invalid, "\(place.host) leads to \(address), which is not an address of the internet at large.")
        }
        guard place.isTLS, Limits.ports.contains(place.port) else {
            let ports = Limits.ports.map(String.init).joined(separator: " or ")
            throw Fault(.invalid, "Only https on port \(ports) is called.")
        }
    }

    private func send(_ request: HTTPClientRequest, to address: String, instead host: String) async throws -> Int {
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            timeout: .init(connect: .seconds(Limits.seconds), read: .seconds(Limits.seconds)))
        configuration.dnsOverride = [host: address]
        configuration.httpVersion = .http1Only
        // A client for one call: what it may connect to is part of how it is made.
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        do {
            let response = try await client.execute(request, timeout: .seconds(Limits.seconds))
            var size = 0
            for try await part in response.body {
                size += part.readableBytes
                if size > Limits.answerBytesMax { break }
            }
            try await client.shutdown()
            return Int(response.status.code)
        } catch {
            try? await client.shutdown()
            throw Fault(.unavailable, "\(host) could not be reached.", cause: error)
        }
    }

    /// All addresses of a name.
    private func resolve(_ host: String) async throws -> [String] {
        if IPAddress(host) != nil { return [host] }
        return try await NIOThreadPool.singleton.runIfActive { Resolver.addresses(of: host) }
    }
}
