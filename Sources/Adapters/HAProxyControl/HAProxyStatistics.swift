import Edge

/// What HAProxy's `show stat` says of servers.
enum HAProxyStatistics {
    /// The verdict by server name. A server that is in several backends is as well as it is in the worst of them.
    /// Columns are found by their titles, for new releases add some.
    static func health(csv: String) -> [String: ServerHealth] {
        var lines = csv.split(separator: "\n").makeIterator()
        guard let head = lines.next(), head.hasPrefix("# ") else { return [:] }
        let titles = head.dropFirst(2).split(separator: ",", omittingEmptySubsequences: false)
        guard let name = titles.firstIndex(of: "svname"), let status = titles.firstIndex(of: "status"),
            let check = titles.firstIndex(of: "check_status")
        else { return [:] }
        var result: [String: ServerHealth] = [:]
        while let line = lines.next() {
            let fields = line.split(separator: ",", omittingEmptySubsequences: false)
            guard fields.count > max(name, status, check) else { continue }
            let server = String(fields[name])
            let verdict = verdict(status: fields[status], check: fields[check])
            result[server] = result[server].map { worse($0, verdict) } ?? verdict
        }
        return result
    }

    /// A server counts as up before its first check and until several checks in a row have failed.
    private static func verdict(status: Substring, check: Substring) -> ServerHealth {
        if status.hasPrefix("DOWN") { return .failing }
        // "* L4OK": one more check is under way.
        let last = check.hasPrefix("* ") ? check.dropFirst(2) : check
        return ["L4OK", "L6OK", "L7OK", "L7OKC"].contains(last) ? .healthy : .unknown
    }

    private static func worse(_ a: ServerHealth, _ b: ServerHealth) -> ServerHealth {
        if a == .failing || b == .failing { return .failing }
        return a == .unknown || b == .unknown ? .unknown : .healthy
    }
}
