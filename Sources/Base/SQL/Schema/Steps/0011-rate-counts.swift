extension SchemaStep {
    static let rateCounts = SchemaStep(
        number: 11,
        why: "Processes that serve together tell each other how many requests they have counted.",
        statements: [
            """
            CREATE TABLE rate_counts (
                subject TEXT NOT NULL,
                time_window BIGINT NOT NULL,
                requests BIGINT NOT NULL,
                ends_at BIGINT NOT NULL,
                PRIMARY KEY (subject, time_window)
            )
            """,
            "CREATE INDEX rate_counts_ends_at ON rate_counts (ends_at)",
        ]
    )
}
