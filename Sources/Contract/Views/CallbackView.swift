/// A callback of an operation on the wire.
package struct CallbackView: Codable, Sendable {
    /// One try.
    package struct Attempt: Codable, Sendable {
        package let number: Int64
        package let at: Timestamp
        /// Why it failed; null: it was delivered.
        package let error: String?

        package init(number: Int64, at: Timestamp, error: String?) {
            self.number = number
            self.at = at
            self.error = error
        }
    }

    package let id: Int64
    package let state: CallbackState
    /// Whom, without what of the address may be a secret.
    package let origin: String
    /// When it is tried next; null while the operation goes on, and when it is not tried any more.
    package let nextAttemptAt: Timestamp?
    package let attempts: [Attempt]

    package init(id: Int64, state: CallbackState, origin: String, nextAttemptAt: Timestamp?, attempts: [Attempt]) {
        self.id = id
        self.state = state
        self.origin = origin
        self.nextAttemptAt = nextAttemptAt
        self.attempts = attempts
    }
}

package enum CallbackState: String, WireWord { case waiting, delivered, dead }

/// `{"callbacks": […]}`
package struct CallbackList: Codable, Sendable {
    package let callbacks: [CallbackView]

    package init(_ callbacks: [CallbackView]) { self.callbacks = callbacks }
}

/// What callbacks are signed with.
package struct SigningSecretView: Codable, Sendable {
    /// `whsec_` and base64.
    package let secret: String
    package let createdAt: Timestamp

    package init(secret: String, createdAt: Timestamp) {
        self.secret = secret
        self.createdAt = createdAt
    }
}

/// `{"signing_secret": {…}}`
package struct SigningSecretAnswer: Codable, Sendable {
    package let signingSecret: SigningSecretView

    package init(_ secret: SigningSecretView) { signingSecret = secret }
}
