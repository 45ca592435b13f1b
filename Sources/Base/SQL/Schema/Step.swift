/// One numbered change of the schema. Forward only; a released step is never edited.
package struct SchemaStep: Sendable {
    /// 1, 2, 3, … without gaps.
    package let number: Int
    /// What it is for, in one sentence.
    package let why: String
    /// Statements, run in one transaction together with the record that the step was done.
    package let statements: [SQL]

    package init(number: Int, why: String, statements: [SQL]) {
        self.number = number
        self.why = why
        self.statements = statements
    }
}

extension SchemaStep {
    /// Every step, in order. The next one goes at the end, in a file of its own: `Steps/0002-what-it-adds.swift`
    /// with `extension SchemaStep { static let addsSomething = SchemaStep(number: 2, why: "…", statements: […]) }`.
    package static let all: [SchemaStep] = [
        .operations,
        .accounts,
        .fleet,
        .catalogue,
        .workloads,
        .signals,
        .identity,
        .oauth,
        .sessions,
        .namedKeys,
        .rateCounts,
        .accountCounts,
        .idempotencyKeys,
        .callbacks,
        .refusedNetworks,
        .collaborators,
        .deviceCodes,
        .mail,
        .accountLinks,
        .secondFactors,
        .passkeys,
        .unconfirmedAccounts,
        .servicesCount,
        .invitationLetters,
    ]
}
