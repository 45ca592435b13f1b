extension SchemaStep {
    static let invitationLetters = SchemaStep(
        number: 24,
        why: "How many letters somebody has caused by inviting others, so that nobody fills mailboxes through us.",
        statements: [
            """
            CREATE TABLE invitation_letters (
                id \(.identity),
                sender_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
                user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
                created_at BIGINT NOT NULL
            )
            """,
            "CREATE INDEX invitation_letters_sender ON invitation_letters (sender_id, created_at)",
            "CREATE INDEX invitation_letters_user ON invitation_letters (user_id, created_at)",
        ]
    )
}
