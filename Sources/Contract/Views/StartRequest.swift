import Basics

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

extension CallbackRequest: BoundedMembers {
    package static var bounds: [String: Bounds] {
        [
            "url": .text(0...CallbackLimits.urlBytesMax),
            "authorization": .text(0...CallbackLimits.authorizationBytesMax, pattern: "^[ -~]*$"),
        ]
    }
}
