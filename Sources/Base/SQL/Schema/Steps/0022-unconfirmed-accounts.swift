extension SchemaStep {
    static let unconfirmedAccounts = SchemaStep(
        number: 22,
        why: "Accounts that nobody confirms are removed after a while, and found without reading all the others.",
        statements: ["CREATE INDEX users_unconfirmed ON users (updated_at) WHERE confirmed_at IS NULL"]
    )
}
