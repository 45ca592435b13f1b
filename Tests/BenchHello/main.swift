// The yardstick of script/bench: the smallest server the framework makes, with an answer as long as that of
// `GET /api/version`.
//
//     BenchHello PORT

import Foundation
import Hummingbird
import NIOCore

guard CommandLine.arguments.count == 2, let port = Int(CommandLine.arguments[1]) else {
    FileHandle.standardError.write(Data("usage: BenchHello PORT\n".utf8))
    exit(64)
}

let text = #"{"version":"0.1.0","api_latest_version":"95","api_available_versions":[60,65,70,75,80,85,90,95]}"#
let router = Router()
router.get("/healthz") { _, _ in "ok\n" }
router.get("/hello") { _, _ in
    Response(
        status: .ok, headers: [.contentType: "application/json; charset=utf-8"],
        body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
}
try await Application(
    router: router, configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: port))
).runService()
