/// What others let an account work with. It is known with the caller, so that asking the policy costs nothing.
package struct Shares: Sendable, Hashable {
    /// Projects of others, by id.
    package let projects: [Int64]
    /// Images of others, by id.
    package let images: [Int64]

    package static let none = Shares(projects: [], images: [])

    package init(projects: [Int64], images: [Int64]) {
        self.projects = projects
        self.images = images
    }
}
