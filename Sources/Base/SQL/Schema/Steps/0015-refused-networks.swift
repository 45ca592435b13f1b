extension SchemaStep {
    static let refusedNetworks = SchemaStep(
        number: 15,
        why: "An engine may have given a network of the pool to somebody else; it is not offered again for a while.",
        statements: [
            """
            CREATE TABLE refused_networks (
                zone_id BIGINT NOT NULL REFERENCES zones (id) ON DELETE CASCADE,
                slot BIGINT NOT NULL,
                refused_until BIGINT NOT NULL,
                PRIMARY KEY (zone_id, slot)
            )
            """
        ]
    )
}
