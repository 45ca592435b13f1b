import Basics
import Identity
import OAuth
import SQL
import TestKit
import Testing

extension AbuseCase {
    static let codes: [AbuseCase] = [
        AbuseCase("a code is used twice: the second gets nothing, and the first loses all") { world in
            let code = try await world.code()
            let first = try await world.exchange(code)
            #expect(try await world.works(first))
            #expect(try await world.exchange(code).oauthError == "invalid_grant")
            #expect(try await world.works(first) == false)
            #expect(try await world.refresh(first.refreshToken).oauthError == "invalid_grant")
        },
        AbuseCase("a code is used by two at once: at most one gets tokens") { world in
            let code = try await world.code()
            let replies = try await withThrowingTaskGroup(of: APIWorld.Reply.self) { group in
                for _ in 0..<6 { group.addTask { try await world.exchange(code) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(replies.count { $0.status == 200 } == 1)
        },
        AbuseCase("a code is used by another client") { world in
            let code = try await world.code()
            let other = try await world.other()
            #expect(try await world.exchange(code, authorization: other.authorization).oauthError == "invalid_grant")
            #expect(try await world.exchange(code).status == 200)
        },
        AbuseCase("a code is used too late") { world in
            let code = try await world.code()
            try await world.age(seconds: OAuthLimits.codeSeconds + 1)
            #expect(try await world.exchange(code).oauthError == "invalid_grant")
        },
        AbuseCase("a code is used after the consent was taken back") { world in
            let (code, id, owner) = (try await world.code(), world.application.id, world.api.shop.customer)
            try await world.api.database.transaction {
                try Consent.withdraw(applicationID: id, by: owner, at: SystemWallClock().now(), in: $0)
            }
            #expect(try await world.exchange(code).oauthError == "invalid_grant")
        },
        AbuseCase("a code of somebody who was suspended") { world in
            let code = try await world.code()
            try await world.suspendOwner()
            #expect(try await world.exchange(code).oauthError == "invalid_grant")
        },
        AbuseCase("a code is exchanged without its redirect URI, or with another one") { world in
            let code = try await world.code()
            let bare = try await world.token(["grant_type": "authorization_code", "code": code])
            #expect(bare.oauthError == "invalid_request")
            let other = try await world.exchange(code, redirectURI: OAuthWorld.redirectURI + "/")
            #expect(other.oauthError == "invalid_grant")
            // Who guessed once does not guess twice.
            #expect(try await world.exchange(code).oauthError == "invalid_grant")
        },
        AbuseCase("other secrets are presented as a code, and a code as other secrets") { world in
            let (tokens, code) = (try await world.tokens(), try await world.code())
            for wrong in [tokens.accessToken, tokens.refreshToken, world.secret, "bth_ac_", "x"] {
                #expect(try await world.exchange(wrong).oauthError == "invalid_grant")
            }
            #expect(try await world.refresh(code).oauthError == "invalid_grant")
            #expect(try await world.get("/api/projects", token: code).status == 403)
            #expect(try await world.get("/api/projects", token: tokens.refreshToken).status == 403)
        },
    ]

    static let pkce: [AbuseCase] = [
        AbuseCase("the verifier is missing") { world in
            let code = try await world.code(challenge: OAuthWorld.challenge)
            #expect(try await world.exchange(code).oauthError == "invalid_grant")
            #expect(try await world.exchange(code, verifier: OAuthWorld.verifier).oauthError == "invalid_grant")
        },
        AbuseCase("the verifier is wrong, then right") { world in
            let code = try await world.code(challenge: OAuthWorld.challenge)
            let wrong = String(repeating: "a", count: 43)
            #expect(try await world.exchange(code, verifier: wrong).oauthError == "invalid_grant")
            #expect(try await world.exchange(code, verifier: OAuthWorld.verifier).oauthError == "invalid_grant")
        },
        AbuseCase("the challenge itself is sent as the verifier (plain)") { world in
            let code = try await world.code(challenge: OAuthWorld.challenge)
            #expect(try await world.exchange(code, verifier: OAuthWorld.challenge).oauthError == "invalid_grant")
        },
        AbuseCase("a verifier is sent for a code without a challenge (downgrade)") { world in
            let code = try await world.code()
            #expect(try await world.exchange(code, verifier: OAuthWorld.verifier).oauthError == "invalid_grant")
        },
        AbuseCase("the verifier is too short or too long") { world in
            let code = try await world.code(challenge: OAuthWorld.challenge)
            for count in [1, 42, 129] {
                let verifier = String(repeating: "a", count: count)
                #expect(try await world.exchange(code, verifier: verifier).oauthError == "invalid_request")
            }
            #expect(try await world.exchange(code, verifier: OAuthWorld.verifier).status == 200)
        },
        AbuseCase("a public client asks without a challenge") { world in
            let made = try await OAuthWorld.register(in: world.api, isConfidential: false)
            let bare = try await world.authorize([
                "client_id": made.application.uid, "code_challenge": nil, "code_challenge_method": nil,
            ])
            #expect(world.isToldTo("invalid_request", bare))
            #expect(world.isAsked(try await world.authorize(["client_id": made.application.uid])))
        },
        AbuseCase("the method is plain, missing or unknown") { world in
            for method in ["plain", "s256", "S512", nil] {
                let reply = try await world.authorize(["code_challenge_method": method])
                #expect(world.isToldTo("invalid_request", reply), "\(method ?? "nil")")
            }
            #expect(world.isAsked(try await world.authorize()))
        },
        AbuseCase("the challenge is missing or is none") { world in
            for challenge in [nil, "x", OAuthWorld.challenge + "=", OAuthWorld.challenge.dropLast() + "+"] {
                let reply = try await world.authorize(["code_challenge": challenge])
                #expect(world.isToldTo("invalid_request", reply), "\(challenge ?? "nil")")
            }
        },
    ]
}
