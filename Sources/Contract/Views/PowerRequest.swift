/// What may come along with a power action.
package struct PowerRequest: OptionalBody, Codable, Sendable {
    package let callback: CallbackRequest?

    package init() { callback = nil }
}

/// Whom to tell when asynchronous work has ended.
package struct CallbackRequest: Codable, Sendable {
    package let url: String?
    package let authorization: String?
}
