import Basics
import Fleet
import Foundation
import Testing

@Suite struct ZoneDraftTests {
    private func draft(_ change: (inout ZoneDraft) -> Void = { _ in }) -> ZoneDraft {
        var draft = ZoneDraft(
            locationID: 1, name: "  one ", docker: "unix:///run/docker.sock", ingressHTTPPort: 80,
            appsDomain: "Apps.Example.ORG.")
        change(&draft)
        return draft
    }

    @Test func namesAreTrimmedAndDomainsLowered() throws {
        let checked = try draft().checked()
        #expect(checked.name == "one")
        #expect(checked.appsDomain == "apps.example.org")
        #expect(checked.networkPool == "10.64.0.0/12")
    }

    @Test func everythingWrongIsToldAtOnce() {
        let fault = #expect(throws: Fault.self) {
            try draft {
                $0.name = "x"
                $0.docker = "ssh://host"
                $0.ingressHTTPPort = 0
                $0.ingressHTTPSPort = 65_536
                $0.appsDomain = "-bad-.example"
                $0.publicIP = "300.1.1.1"
                $0.networkPool = "10.64.0.0"
                $0.fillTo = 0
            }.checked()
        }
        #expect(fault?.code == .invalid)
        #expect(fault?.sentences.count == 8)
    }

    @Test(arguments: [
        "", "unix://", "unix:///", "unix://relative", "tcp://", "tcp://:1", "tcp://host", "tcp://host:0",
        "tcp://host:65536", "tcp://host:+1", "tcp://a@b:1", "tcp://host/x:1", "tcp://::1:1", "http://host:1",
        "unix:///" + String(repeating: "a", count: 120), "tcp://ho st:1",
    ])
    func endpointsThatAreNoneAreRefused(docker: String) {
        #expect(throws: Fault.self) { try draft { $0.docker = docker }.checked() }
    }

    @Test(arguments: ["unix:///tmp/dk/d.sock", "tcp://10.0.0.1:2376", "tcp://engine.example:2376", "tcp://[::1]:2376"])
    func endpointsOfBothKindsAreTaken(docker: String) throws {
        #expect(try draft { $0.docker = docker }.checked().docker == docker)
    }

    @Test(arguments: ["", "a..b", "a_b.example", ".example", "10.0.0.1", "ä.example", "a b", "x.123"])
    func domainsThatAreNoneAreRefused(domain: String) {
        #expect(throws: Fault.self) { try draft { $0.appsDomain = domain }.checked() }
    }

    @Test(arguments: ["localhost", "apps.localhost", "3com.example", "xn--bcher-kva.example"])
    func unusualDomainsAreTaken(domain: String) throws {
        #expect(try draft { $0.appsDomain = domain }.checked().appsDomain == domain)
    }

    @Test func theTLSFolderMustHoldItsThreeFiles() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "berth-tls-\(Random.token(8))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try Data().write(to: folder.appending(path: "ca.pem"))
        let remote = draft {
            $0.docker = "tcp://10.0.0.1:2376"
            $0.tlsDirectory = folder.path
        }
        let fault = #expect(throws: Fault.self) { try remote.checked() }
        #expect(fault?.sentences.first?.contains("cert.pem, key.pem") == true)
        try Data().write(to: folder.appending(path: "cert.pem"))
        try Data().write(to: folder.appending(path: "key.pem"))
        #expect(try remote.checked().tlsDirectory == folder.path)
        #expect(throws: Fault.self) { try draft { $0.tlsDirectory = folder.path }.checked() }
        #expect(throws: Fault.self) {
            try draft {
                $0.docker = "tcp://10.0.0.1:2376"
                $0.tlsDirectory = "relative"
            }.checked()
        }
    }
}
