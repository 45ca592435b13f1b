/// Whom to tell when what a request starts has ended. It is stored together with the operation.
package struct EndNotice: Sendable, Hashable, Codable {
    /// Where the sealed part may be opened: it names nothing else.
    package let token: String
    /// The address and what to show there, sealed.
    package let sealed: String
    /// `https://shop.example`: what of the address is no secret.
    package let origin: String

    package init(token: String, sealed: String, origin: String) {
        self.token = token
        self.sealed = sealed
        self.origin = origin
    }
}
