/// Who asks, with what, from where. Every public function of an area takes one and hands it to the policy.
package struct Caller: Sendable, Hashable {
    /// How the caller proved who it is.
    package enum Means: String, Sendable, Hashable {
        /// A v60 API key pair over HTTP Basic: all of the account's rights.
        case apiKey
        /// An access token of an OAuth application, or a named API key: some scopes, perhaps some projects only.
        case token
        /// Somebody who signed in in a browser.
        case session
        /// The operator at the command line of the machine itself.
        case operatorShell
        /// Berth itself: reconcilers and workflows.
        case system
    }

    /// The account; nil for the operator, the system, and an application that acts for itself.
    package let userID: Int64?
    /// Has the rights of the provider's staff. False for a token of an administrator without a scope for that.
    package let isAdmin: Bool
    package let means: Means
    /// The projects that the credential is limited to; nil when it is not.
    package let projects: [Int64]?
    /// The OAuth application that asks; nil when none does.
    package let applicationID: Int64?
    /// Correlates the answer, the log lines and the audit rows of one request.
    package let requestID: String
    /// The address of the client; empty when there is none.
    package let address: String
    /// What others let the account work with.
    package var shares = Shares.none
    /// Whom to tell when what is started has ended; nil: nobody asked.
    package var notice: EndNotice?

    package init(
        userID: Int64?, isAdmin: Bool, means: Means, projects: [Int64]? = nil, applicationID: Int64? = nil,
        requestID: String, address: String
    ) {
        self.userID = userID
        self.isAdmin = isAdmin
        self.means = means
        self.projects = projects
        self.applicationID = applicationID
        self.requestID = requestID
        self.address = address
    }

    /// Berth acting on its own account, on behalf of `reason` (an operation, a reconciler).
    package static func system(_ reason: String) -> Caller {
        Caller(userID: nil, isAdmin: true, means: .system, requestID: reason, address: "")
    }

    /// The operator at the shell.
    package static let shell = Caller(userID: nil, isAdmin: true, means: .operatorShell, requestID: "cli", address: "")
}
