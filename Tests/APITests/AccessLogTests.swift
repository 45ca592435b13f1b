import API
import Basics
import Synchronization
import Testing

/// What the log of requests tells, and what it must not.
@Suite struct AccessLogTests {
    @Test func queriesAreNotLogged() {
        let written = Mutex("")
        let log = AccessLog { bytes in written.withLock { $0 += String(decoding: bytes, as: UTF8.self) } }
        log.write(
            AccessLog.Entry(
                at: Moment(milliseconds: 0), request: "r-1", method: "GET",
                path: "/api/oauth/authorize/native?code=bth_ac_secret", status: 200, seconds: 0.001, user: nil))
        log.flush()
        let line = written.withLock { $0 }
        #expect(line.contains(#""path":"/api/oauth/authorize/native""#))
        #expect(!line.contains("bth_ac_secret"))
    }
}
