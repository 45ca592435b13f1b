import Edge

/// The words of `haproxy.cfg`. Everything given has been checked by ``HAProxyConfiguration``.
enum HAProxyText {
    /// Names of backends that are ours.
    static let reservedBackends: Set<String> = ["unknown-host", "candidates"]
    /// Gets neither visitors nor health checks. The last word of its line, where `ingress` looks for it.
    static let outOfService = " disabled"

    /// What does not depend on the state. The description tells which configuration a process runs.
    static func global(description: String) -> String {
        """
        # Written by Berth; changes made here are lost.
        global
            description \(description)
            # Two HAProxies on one port would share it in silence; this way the second one fails and says so.
            noreuseport
            no strict-limits
            maxconn \(HAProxyLimits.connectionsMax)
            user haproxy
            group haproxy
            default-path config
            # A worker of an earlier configuration goes on until its connections end, at most so long.
            hard-stop-after \(HAProxyLimits.drainHours)h
            stats socket /run/haproxy/admin.sock mode 600 level admin expose-fd listeners
            log stdout format raw local0 info


        """
    }

    static func sections(_ state: IngressState) -> String {
        defaults + frontend(port: state.httpPort)
            + state.backends.sorted { $0.name < $1.name }.map(backend).joined()
            + candidates(state.candidates)
    }

    private static let defaults = """
        defaults
            mode http
            log global
            log-format '\(logFormat)'
            option dontlognull
            http-reuse safe
            retries 3
            option redispatch 1
            timeout connect 3s
            timeout client 60s
            timeout server 60s
            timeout queue 30s
            timeout http-request 10s
            timeout http-keep-alive 60s
            timeout tunnel 1h
            timeout client-fin 30s
            timeout check 2s
            default-server check inter 2s fall 2 rise 1
        \(failure(502, "The site sent an answer that cannot be passed on."))
        \(failure(503, "The site is starting or has stopped. Please try again in a moment."))
        \(failure(504, "The site took too long to answer. Please try again in a moment."))


        """

    /// One JSON object per request. No query: it may hold what should not be in a log.
    private static let logFormat = [
        #"{"time":%Ts.%ms"#, #""client":"%ci""#, #""method":"%[var(txn.method),json(utf8s)]""#,
        #""host":"%[var(txn.host),json(utf8s)]""#, #""path":"%[var(txn.path),json(utf8s)]""#, #""status":%ST"#,
        #""bytes":%B"#, #""ms":%Ta"#, #""backend":"%b""#, #""server":"%s""#, #""end":"%ts"}"#,
    ].joined(separator: ",")

    private static func failure(_ status: Int, _ sentence: String) -> String {
        """
            http-error status \(status) content-type "text/html; charset=utf-8" hdr Retry-After 5 \
        string '\(page("\(status)", sentence))'
        """
    }

    private static func page(_ title: String, _ sentence: String) -> String {
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>\(title)</title><h1>\(title)</h1>"
            + "<p>\(sentence)</p></html>"
    }

    private static func frontend(port: Int) -> String {
        """
        frontend http
            bind *:\(port)
        .if defined(BERTH_IPV6)
            bind :::\(port) v6only
        .endif
            http-request set-var(txn.host) req.hdr(host),host_only,lower,rtrim(.)
            http-request set-var(txn.method) method
            http-request set-var(txn.path) path
            # Whatever a client claims about where it comes from is dropped.
            http-request del-header X-Forwarded- -m beg
            http-request del-header Forwarded
            http-request del-header X-Real-IP
            http-request del-header Proxy
            http-request set-header X-Forwarded-For %[src]
            http-request set-header X-Real-IP %[src]
            http-request set-header X-Forwarded-Host %[req.hdr(host)]
            http-request set-header X-Forwarded-Port %[dst_port]
            http-request set-header X-Forwarded-Proto http
            http-request set-var(txn.backend) var(txn.host),map(hosts.map,unknown-host)
            use_backend %[var(txn.backend)]
            default_backend unknown-host

        backend unknown-host
            http-request return status 404 content-type "text/html; charset=utf-8" \
        string '\(page("404", "There is no site of this name here. Check the address."))'


        """
    }

    private static func backend(_ backend: IngressState.Backend) -> String {
        let options = backend.useTLS ? " ssl verify none" : ""
        let all = backend.servers.map { ($0, options) } + backend.opening.map { ($0, options + outOfService) }
        return section("backend \(backend.name)", all)
    }

    /// New instances are checked here, often, and get no traffic: no rule leads here.
    private static func candidates(_ servers: [IngressState.Server]) -> String {
        let often = "inter \(HAProxyLimits.candidateCheckMilliseconds)ms fall 1 rise 1"
        return section("backend candidates\n    default-server check \(often)", servers.map { ($0, "") })
    }

    private static func section(_ head: String, _ servers: [(IngressState.Server, options: String)]) -> String {
        let lines = servers.sorted { $0.0.name < $1.0.name }.map { server, options in
            let address = server.address.contains(":") ? "[\(server.address)]" : server.address
            return "    server \(server.name) \(address):\(server.port)\(options)\n"
        }
        return head + "\n" + lines.joined() + "\n"
    }
}
