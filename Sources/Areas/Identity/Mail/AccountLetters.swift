/// What accounts are written. Short, plain, and each says what to do when it was not oneself.
package enum AccountLetters {
    /// Shows the operator that mail arrives.
    package static func test(to address: String, publicURL: String) -> Letter {
        Letter(
            to: address, subject: "Berth can send mail",
            text: """
                Hello,

                this is a test. Whoever operates Berth at
                \(publicURL)
                wanted to know whether mail from there arrives. It does.

                There is nothing to do.
                """)
    }
}
