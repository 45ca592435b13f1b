package import API
import Panel

extension StillPages {
    /// The API's description for people, with its stylesheet.
    package static func documentation(publicURL: String, passwordGrant: Bool) -> StillPages {
        StillPages(
            [
                APIDocumentation.path[...]: StillPage(
                    type: "text/html; charset=utf-8", policy: APIDocumentation.policy
                ) { APIDocumentation(publicURL: publicURL, passwordGrant: passwordGrant).html() },
                APIDocumentation.stylePath[...]: StillPage(type: "text/css; charset=utf-8") { APIDocumentation.style },
            ],
            redirects: Dictionary(
                uniqueKeysWithValues: APIDocumentation.shortcuts.map { ($0, APIDocumentation.path) }))
    }
}
