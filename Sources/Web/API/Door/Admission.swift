import Basics
import Contract
import HTTPTypes

/// What is checked before anybody looks at the path: the API version and whether the client takes JSON.
enum Admission {
    enum Verdict: Equatable {
        case welcome
        /// As it was written.
        case unsupportedVersion(String)
        case notAcceptable
    }

    /// Judges an `Accept` header. Missing, `*/*` and JSON are welcome; `api_version=N` may stand anywhere in it.
    static func judge(_ accept: String?) -> Verdict {
        guard let accept, accept != "*/*", accept != "application/json" else { return .welcome }
        if let version = version(in: accept), Int(version).map(Contract.versions.contains) != true {
            return .unsupportedVersion(version)
        }
        return takesJSON(accept) ? .welcome : .notAcceptable
    }

    /// Whether an `Accept` header asks for HTML by its name, as only browsers do.
    static func wantsPage(_ accept: String?) -> Bool {
        guard let accept, accept != "*/*", accept != "application/json" else { return false }
        return accept.lowercased().contains("text/html")
    }

    /// The digits after the first `api_version=`; nil when there are none.
    private static func version(in accept: String) -> String? {
        let name = Array("api_version=".utf8)
        let bytes = Array(accept.utf8)
        guard bytes.count > name.count else { return nil }
        for start in 0...(bytes.count - name.count) where bytes[start..<start + name.count].elementsEqual(name) {
            let digits = bytes[(start + name.count)...].prefix { $0 >= 48 && $0 <= 57 }
            return digits.isEmpty ? nil : String(decoding: digits.prefix(20), as: UTF8.self)
        }
        return nil
    }

    private static func takesJSON(_ accept: String) -> Bool {
        for range in accept.split(separator: ",") {
            var parts = range.split(separator: ";").map { $0.filter { $0 != " " && $0 != "\t" }.lowercased() }
            guard let first = parts.first else { continue }
            if first.hasPrefix("api_version=") { return true }
            parts.removeFirst()
            if parts.contains(where: { $0 == "q=0" || $0.hasPrefix("q=0.0") && Double($0.dropFirst(2)) == 0 }) {
                continue
            }
            let isJSON =
                first == "*/*" || first == "application/*" || first == "application/json" || first.hasSuffix("+json")
            if isJSON { return true }
        }
        return false
    }
}
