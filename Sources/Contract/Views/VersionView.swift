/// Release and API versions.
package struct VersionView: Codable, Sendable {
    package let version: String
    package let apiLatestVersion: String
    package let apiAvailableVersions: [Int]

    package init(version: String, apiLatestVersion: String, apiAvailableVersions: [Int]) {
        self.version = version
        self.apiLatestVersion = apiLatestVersion
        self.apiAvailableVersions = apiAvailableVersions
    }
}
