import SQL

/// Names of zones and their locations.
enum ZonePlaces {
    struct Place {
        let zone: NamedID
        let location: NamedID
        let publicAddress: String?
    }

    /// By zone id.
    static func load(_ zoneIDs: some Sequence<Int64>, on connection: any Connection) throws -> [Int64: Place] {
        let ids = IDList.padded(Array(Set(zoneIDs)))
        if ids.isEmpty { return [:] }
        var places: [Int64: Place] = [:]
        try connection.each(
            """
            SELECT z.id, z.name, l.id, l.name, z.public_ip
            FROM zones z JOIN locations l ON l.id = z.location_id
            WHERE z.id IN (\(list: ids))
            """
        ) {
            places[$0.int(0)] = Place(
                zone: NamedID(id: $0.int(0), name: $0.text(1)), location: NamedID(id: $0.int(2), name: $0.text(3)),
                publicAddress: $0.textOrNil(4))
        }
        return places
    }
}
