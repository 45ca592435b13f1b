import Basics
import Hummingbird
import OAuth
import SQL

/// For staff: how this installation compares with RFC 9700.
extension Panel {
    func assessmentPage(_ visitor: Visitor) async throws -> Response {
        let assessment = SelfAssessment(publicURL: publicURL, passwordGrant: passwordGrant)
        let lines = try await database.read { try assessment.run(by: visitor.caller, on: $0) }
        let items = lines.map { line -> HTML in
            let advice: HTML? = line.advice.map { "<p><strong>What to do:</strong> \($0)</p>" }
            return """
                <section>
                <h2>\(line.holds ? "Holds" : "Does not hold"): \(line.what)</h2>
                <p>\(line.finding) <small>\(line.reference)</small></p>
                \(advice)
                </section>
                """
        }
        let (holding, total) = (Int64(lines.count(where: \.holds)), Int64(lines.count))
        return Page.response(
            "Self-assessment",
            """
            \(AccountNavigation.html(at: SharedPage.assessment.path, for: visitor))
            <h1>OAuth 2 security: self-assessment</h1>
            <p>\(holding) of \(total) recommendations of RFC 9700 hold with what is set and registered now.</p>
            \(.all(items))
            """)
    }
}
