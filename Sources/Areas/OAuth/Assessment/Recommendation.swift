/// One recommendation of RFC 9700, and whether it holds here and now.
package struct Recommendation: Sendable, Hashable {
    /// A name for programs: `password_grant`.
    package let id: String
    /// Where it stands: `RFC 9700 §2.4`.
    package let reference: String
    /// What is recommended, in our words.
    package let what: String
    package let holds: Bool
    /// What was found.
    package let finding: String
    /// What to do about it; nil when it holds.
    package let advice: String?

    /// `advice` is left out when it holds.
    init(_ id: String, _ section: String, _ what: String, holds: Bool, _ finding: String, advice: String) {
        self.id = id
        reference = section
        self.what = what
        self.holds = holds
        self.finding = finding
        self.advice = holds ? nil : advice
    }
}
