extension SchemaStep {
    static let namedKeys = SchemaStep(
        number: 10,
        why: "Named API keys are found by their secret, and go with the project they are limited to.",
        statements: [
            "CREATE UNIQUE INDEX api_keys_secret ON api_keys (secret_sha256) WHERE name IS NOT NULL",
            "CREATE INDEX api_keys_project ON api_keys (project_id) WHERE project_id IS NOT NULL",
        ]
    )
}
