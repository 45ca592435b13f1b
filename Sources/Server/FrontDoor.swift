package import API
package import Hummingbird
package import Panel

/// One listener for programs and people: which of the two is asked is a matter of the path.
package struct FrontDoor: HTTPResponder {
    private let api: APIResponder
    /// nil when this process has no role for it.
    private let panel: Panel?

    package init(api: APIResponder, panel: Panel?) {
        self.api = api
        self.panel = panel
    }

    package func respond(to request: Request, context: ConnectionContext) async -> Response {
        let path = (request.head.path ?? "/").prefix { $0 != "?" }
        if let panel, Panel.owns(path) { return await panel.respond(to: request, address: context.address) }
        return await api.respond(to: request, context: context)
    }
}
