extension SchemaStep {
    static let accountCounts = SchemaStep(
        number: 12,
        why: "What an account has is counted in indices alone.",
        statements: [
            "CREATE INDEX services_active ON services (project_id) WHERE state = 'active'",
            "CREATE INDEX images_owner ON images (user_id) WHERE user_id IS NOT NULL",
        ]
    )
}
