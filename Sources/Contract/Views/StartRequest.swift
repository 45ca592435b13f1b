/// What may come along with anything that goes on after the answer.
package struct StartRequest: OptionalBody, Codable, Sendable {
    package let callback: CallbackRequest?

    package init() { callback = nil }
}

/// Whom to tell when asynchronous work has ended.
package struct CallbackRequest: Codable, Sendable {
    package let url: String?
    package let authorization: String?
}
