extension SchemaStep {
    static let mail = SchemaStep(
        number: 18,
        why: "Operators list the mail that was sent or could not be, among all messages to the outside.",
        statements: ["CREATE INDEX outbox_kind ON outbox (kind, id)"]
    )
}
