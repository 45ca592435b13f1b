package import Basics
package import SQL

extension Shares {
    /// What the account `user` may work with: where it has accepted, and whose owner may act.
    ///
    /// Read with the credential and remembered as long as it; whoever changes one of these rows wakes
    /// ``WakeChannel/identity``, so that the next request knows.
    package static func read(_ user: Int64?, at now: Moment, on connection: any Connection) throws -> Shares {
        guard let user else { return .none }
        var (projects, images): ([Int64], [Int64]) = ([], [])
        try connection.each(
            """
            SELECT 0, c.project_id FROM project_collaborators c
            JOIN projects p ON p.id = c.project_id JOIN users u ON u.id = p.user_id
            WHERE c.user_id = \(user) AND c.active = 1 AND \(Principal.mayAct(at: now))
            UNION ALL SELECT 1, c.image_id FROM image_collaborators c
            JOIN images i ON i.id = c.image_id JOIN users u ON u.id = i.user_id
            WHERE c.user_id = \(user) AND c.active = 1 AND \(Principal.mayAct(at: now))
            ORDER BY 1, 2
            """
        ) { row in
            if row.int(0) == 0 { projects.append(row.int(1)) } else { images.append(row.int(1)) }
        }
        return projects.isEmpty && images.isEmpty ? .none : Shares(projects: projects, images: images)
    }
}
