extension SchemaStep {
    static let collaborators = SchemaStep(
        number: 16,
        why: "Owners let others work in their projects and with their images.",
        statements: [
            table("project_collaborators", "project_id", "projects"),
            "CREATE INDEX project_collaborators_user ON project_collaborators (user_id)",
            table("image_collaborators", "image_id", "images"),
            "CREATE INDEX image_collaborators_user ON image_collaborators (user_id)",
        ]
    )

    /// One who was invited; `active` when he has accepted.
    private static func table(_ name: SQL, _ column: SQL, _ things: SQL) -> SQL {
        """
        CREATE TABLE \(name) (
            id \(.identity),
            \(column) BIGINT NOT NULL REFERENCES \(things) (id) ON DELETE CASCADE,
            user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
            active INTEGER NOT NULL DEFAULT 0 CHECK (active IN (0, 1)),
            created_at BIGINT NOT NULL,
            updated_at BIGINT NOT NULL,
            UNIQUE (\(column), user_id)
        )
        """
    }
}
