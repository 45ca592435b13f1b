import API
import Basics
import Contract
import Foundation
import SQL
import TestKit
import Testing

/// `/api/users/ssh_keys`, with keys that OpenSSH itself made.
@Suite struct SSHKeyTests {
    /// A key pair of `ssh-keygen` in a folder that is gone afterwards.
    private struct Generated {
        /// The line of the `.pub` file, without its end.
        let line: String
        /// As `ssh-keygen -l` says it.
        let fingerprint: String

        init(_ type: String, bits: Int? = nil, comment: String) throws {
            let folder = FileManager.default.temporaryDirectory.appending(path: "berth-ssh-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(at: folder) }
            let file = folder.appending(path: "key").path
            let size = bits.map { ["-b", String($0)] } ?? []
            _ = try Self.run(["-q", "-t", type, "-N", "", "-C", comment, "-f", file] + size)
            line = try String(contentsOfFile: file + ".pub", encoding: .utf8).trimmingCharacters(in: .newlines)
            fingerprint =
                try Self.run(["-l", "-f", file + ".pub"]).split(separator: " ").dropFirst().first.map(String.init) ?? ""
        }

        private static func run(_ arguments: [String]) throws -> String {
            let process = Process()
            process.executableURL = URL(filePath: "/usr/bin/ssh-keygen")
            process.arguments = arguments
            let output = Pipe()
            process.standardOutput = output
            try process.run()
            let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            process.waitUntilExit()
            try #require(process.terminationStatus == 0)
            return text
        }
    }

    private func add(
        _ world: APIWorld, _ line: String, as role: APIWorld.Role = .owner, root: String = "user_ssh_key"
    ) async throws -> APIWorld.Reply {
        let body = JSONValue.object([root: .object(["pubkey": .string(line)])]).compact
        return try await world.send("POST", "/api/users/ssh_keys", as: role, body: body)
    }

    @Test(arguments: TestDialect.allCases) func keysOfSSHKeygenAreTaken(dialect: TestDialect) async throws {
        let keys = try [
            Generated("ed25519", comment: "ada@laptop"), Generated("rsa", bits: 2048, comment: "two words"),
            Generated("rsa", bits: 4096, comment: ""), Generated("ecdsa", bits: 256, comment: "c"),
            Generated("ecdsa", bits: 384, comment: "d"), Generated("ecdsa", bits: 521, comment: "Köln 🔑"),
        ]
        try await APIWorld.with(dialect) { world in
            for (number, key) in keys.enumerated() {
                let reply = try await add(world, key.line, root: number == 1 ? "ssh_key" : "user_ssh_key")
                #expect(reply.status == 201, "\(reply.text)")
                let made = reply.json?["ssh_key"]
                let comment = key.line.split(separator: " ", maxSplits: 2).dropFirst(2).first.map(String.init)
                #expect(made?["label"] == comment.map(JSONValue.string) ?? .null)
                guard case .int(let id)? = made?["id"] else { continue }
                let stored = try await world.database.read { connection in
                    try connection.first("SELECT public_key, fingerprint FROM ssh_keys WHERE id = \(id)") {
                        ($0.text(0), $0.text(1))
                    }
                }
                #expect(stored?.0 == key.line.split(separator: " ").prefix(2).joined(separator: " "))
                #expect(stored?.1 == key.fingerprint)
                let again = try await add(world, key.line + " other comment")
                #expect(again.status == 422)
                #expect(again.errors == ["The key is on this account already (\(key.fingerprint))."])
                #expect(try await add(world, key.line, as: .stranger).status == 201)
            }
            let list = try await world.send("GET", "/api/users/ssh_keys")
            #expect(list.json?["ssh_keys"]?.items?.count == keys.count + 1)
            #expect(list.headers["total"] == "7")
            let page = try await world.send("GET", "/api/users/ssh_keys?page=2&per_page=5")
            #expect(page.json?["ssh_keys"]?.items?.count == 2)
        }
    }

    /// Security keys need hardware to make, so these are put together by hand.
    @Test func keysOfSecurityKeysAreTaken() async throws {
        let ed25519 = try Generated("ed25519", comment: "")
        let p256 = try Generated("ecdsa", bits: 256, comment: "")
        try await APIWorld.with(.sqlite) { world in
            for (key, type) in [
                (ed25519, "sk-ssh-ed25519@openssh.com"), (p256, "sk-ecdsa-sha2-nistp256@openssh.com"),
            ] {
                let body = Wire.body(key.line)
                let whole = Wire.string(type) + body + Wire.string("ssh:")
                #expect(try await add(world, "\(type) \(Wire.base64(whole)) yubikey").status == 201)
                let short = Wire.string(type) + body
                let refused = try await add(world, "\(type) \(Wire.base64(short))")
                #expect(refused.errors == ["The key is damaged."])
            }
        }
    }

    @Test(arguments: TestDialect.allCases) func whatIsNoKeyIsRefused(dialect: TestDialect) async throws {
        let key = try Generated("ed25519", comment: "x")
        let weak = try Generated("rsa", bits: 1024, comment: "weak")
        let words = key.line.split(separator: " ").map(String.init)
        let blob = Array(Data(base64Encoded: words[1]) ?? Data())
        var offCurve = Wire.string("ecdsa-sha2-nistp256") + Wire.string("nistp256")
        offCurve += Wire.string([4] + [UInt8](repeating: 7, count: 64))
        let huge = Wire.string("ssh-ed25519") + [255, 255, 255, 255] + blob.suffix(32)
        let refused = [
            ("", "The key can't be blank."), (" \n ", "The key can't be blank."),
            (weak.line, "The key has 1024 bits; RSA keys need 2048 to 16384."),
            (words[1], "The key must begin with its type, without options:"),
            ("command=\"sh\" \(key.line)", "The key must begin with its type, without options:"),
            ("ssh-dss AAAA", "The key must begin with its type, without options:"),
            ("\(key.line)\n\(key.line)", "The key must be one line without control characters."),
            ("\(key.line)\r\nssh-rsa", "The key must be one line without control characters."),
            ("ssh-ed25519", "The key has no base64 behind its type."),
            ("ssh-ed25519 !!!", "The key has no base64 behind its type."),
            ("ssh-rsa \(words[1])", "The key is of another type than the line says."),
            ("ssh-ed25519 AAAA", "The key is of another type than the line says."),
            ("ssh-ed25519 \(Wire.base64(blob + [0]))", "The key has something behind its end."),
            ("ssh-ed25519 \(Wire.base64(blob.dropLast()))", "The key is damaged."),
            ("ssh-ed25519 \(Wire.base64(huge))", "The key is damaged."),
            ("ecdsa-sha2-nistp256 \(Wire.base64(offCurve))", "The key is damaged."),
            ("\(key.line) \(String(repeating: "c", count: 300))", "The key has a comment of more than 255 characters."),
            (String(repeating: "x", count: 20_000), "The key is longer than 16384 bytes."),
            (
                "-----BEGIN OPENSSH PRIVATE KEY-----",
                "The key is not in OpenSSH's form of one line: send the .pub file."
            ),
        ]
        try await APIWorld.with(dialect) { world in
            for (line, sentence) in refused {
                let reply = try await add(world, line)
                #expect(reply.status == 422, "\(line.prefix(40)): \(reply.text)")
                #expect(reply.errors?.first?.hasPrefix(sentence) == true, "\(line.prefix(40)): \(reply.text)")
            }
            #expect(try await world.send("POST", "/api/users/ssh_keys", body: "{}").status == 400)
            #expect(try await world.database.read { try $0.int("SELECT COUNT(*) FROM ssh_keys") } == 1)
            // A file ends in a newline, and that is no second line.
            #expect(try await add(world, key.line + "\n").status == 201)
        }
    }

    @Test(arguments: TestDialect.allCases) func keysAreTheirOwners(dialect: TestDialect) async throws {
        try await APIWorld.with(dialect) { world in
            let path = "/api/users/ssh_keys/\(world.things.sshKey)"
            for method in ["GET", "DELETE"] {
                let reply = try await world.send(method, path, as: .stranger)
                #expect(reply.status == 404)
                #expect(reply.errors == ["Unknown SSH key."])
            }
            let view = try await world.send("GET", path)
            #expect(view.json?["ssh_key"]?["label"] == .string("laptop"))
            let gone = try await world.send("DELETE", path)
            #expect(gone.status == 202)
            #expect(gone.text.isEmpty)
            #expect(try await world.send("DELETE", path).status == 404)
            let audits = try await world.database.read { connection in
                try connection.rows("SELECT event, raw_data FROM audits WHERE noun = 'ssh_key'") {
                    "\($0.text(0)) \($0.text(1))"
                }
            }
            #expect(audits == [#"deleted {"fingerprint":"SHA256:0"}"#])
        }
    }

    @Test(arguments: TestDialect.allCases) func anAccountHasOnlySoMany(dialect: TestDialect) async throws {
        let key = try Generated("ed25519", comment: "")
        try await APIWorld.with(dialect) { world in
            try await world.database.transaction { tx in
                for number in 1..<100 {
                    try tx.run(
                        """
                        INSERT INTO ssh_keys (user_id, public_key, fingerprint, created_at, updated_at)
                        VALUES (\(world.shop.customer.userID), 'k', \("f\(number)"), 1, 1)
                        """)
                }
            }
            let reply = try await add(world, key.line)
            #expect(reply.errors == ["An account has at most 100 SSH keys. Delete one that is not used."])
        }
    }
}

/// RFC 4251 §5, to put keys together.
private enum Wire {
    static func string(_ bytes: [UInt8]) -> [UInt8] { [0, 0, 0, UInt8(bytes.count)] + bytes }
    static func string(_ text: String) -> [UInt8] { string(Array(text.utf8)) }
    static func base64(_ bytes: some Sequence<UInt8>) -> String { Data(bytes).base64EncodedString() }

    /// What follows the type inside a key.
    static func body(_ line: String) -> [UInt8] {
        let words = line.split(separator: " ")
        let blob = Array(Data(base64Encoded: String(words[1])) ?? Data())
        return Array(blob.dropFirst(4 + words[0].utf8.count))
    }
}
