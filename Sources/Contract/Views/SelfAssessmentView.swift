/// `{"self_assessment": {…}}`
package struct SelfAssessmentView: Codable, Sendable {
    package struct Line: Codable, Sendable {
        package let id: String
        /// `RFC 9700 §2.4`
        package let reference: String
        /// What is recommended.
        package let recommendation: String
        package let holds: Bool
        package let finding: String
        /// What to do; null when it holds.
        package let advice: String?

        package init(
            id: String, reference: String, recommendation: String, holds: Bool, finding: String, advice: String?
        ) {
            self.id = id
            self.reference = reference
            self.recommendation = recommendation
            self.holds = holds
            self.finding = finding
            self.advice = advice
        }
    }

    package struct Assessment: Codable, Sendable {
        /// How many hold.
        package let holding: Int64
        package let recommendations: [Line]
    }

    package let selfAssessment: Assessment

    package init(_ lines: [Line]) {
        selfAssessment = Assessment(holding: Int64(lines.count(where: \.holds)), recommendations: lines)
    }
}
