/// What accounts are written. Short, plain, and each says what to do when it was not oneself.
package enum AccountLetters {
    /// Names are what strangers fill in: what is none – an address of a site, a sentence – is not sent on in our name.
    package static func greeting(_ name: String) -> String {
        isName(name, wordsMax: 3) ? "Hello \(name)," : "Hello,"
    }

    /// Whether somebody may really be called so.
    package static func isName(_ name: String, wordsMax: Int) -> Bool {
        name.count <= wordsMax * 14
            && name.unicodeScalars.allSatisfy { $0.properties.isAlphabetic || " -'’".unicodeScalars.contains($0) }
            && (1...wordsMax).contains(name.split(separator: " ").count)
    }

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

    static func confirm(to address: String, name: String, link: String) -> Letter {
        Letter(
            to: address, subject: "Please confirm your e-mail address",
            text: """
                \(greeting(name))

                an account was made for you. To confirm that this address is yours, open

                \(link)

                within three days and enter the password you have chosen.

                If you did not ask for an account, ignore this letter: without the password nothing comes of it.
                """)
    }

    /// Somebody wanted to register an address that has an account.
    static func known(to address: String, name: String, link: String) -> Letter {
        Letter(
            to: address, subject: "You have an account already",
            text: """
                \(greeting(name))

                somebody wanted to make an account with this address, and there is one already. If it was you,
                sign in with your password. If you have forgotten it, choose a new one within an hour at

                \(link)

                If it was not you, there is nothing to do.
                """)
    }

    static func reset(to address: String, name: String, link: String) -> Letter {
        Letter(
            to: address, subject: "Choose a new password",
            text: """
                \(greeting(name))

                somebody (you, we hope) wants to choose a new password for your account. To do so, open

                \(link)

                within one hour. The link is good once.

                If it was not you, ignore this letter. Your password stays as it is.
                """)
    }

    static func passwordChanged(to address: String, name: String, forgot: String) -> Letter {
        Letter(
            to: address, subject: "Your password was changed",
            text: """
                \(greeting(name))

                your account has a new password, and all other browsers were signed out.

                If it was not you, choose another one at once:

                \(forgot)

                and tell whoever runs this service. Passkeys, API keys and applications you have allowed still work:
                end those that you do not know.
                """)
    }

    static func secondFactor(isOn: Bool, to address: String, name: String, forgot: String) -> Letter {
        Letter(
            to: address, subject: isOn ? "Your account has a second factor" : "Your account has no second factor now",
            text: """
                \(greeting(name))

                \(isOn
                    ? "from now on, signing in takes a code of your authenticator application besides the password."
                    : "signing in takes the password alone from now on.")

                If it was not you, choose a new password at once:

                \(forgot)

                and tell whoever runs this service.
                """)
    }

    static func passkey(isNew: Bool, to address: String, name: String, account: String) -> Letter {
        Letter(
            to: address, subject: isNew ? "Your account has a new passkey" : "A passkey of your account was removed",
            text: """
                \(greeting(name))

                \(isNew
                    ? "a passkey was added to your account. Whoever has that device can sign in with it."
                    : "a passkey was removed from your account and does not work any more.")

                You see all of them at

                \(account)

                If it was not you, sign out all other browsers there, choose a new password, and tell whoever runs this
                service.
                """)
    }

    /// To the new address.
    static func confirmChange(to address: String, name: String, link: String) -> Letter {
        Letter(
            to: address, subject: "Please confirm your new e-mail address",
            text: """
                \(greeting(name))

                your account is to have this address from now on. To confirm that it is yours, open

                \(link)

                within three days. Until then everything stays as it is.

                If you know nothing of this, ignore this letter.
                """)
    }

    /// To the old one, before.
    static func changeAsked(to address: String, name: String, new: String, forgot: String) -> Letter {
        Letter(
            to: address, subject: "Your account is to have another e-mail address",
            text: """
                \(greeting(name))

                somebody (you, we hope) wants your account to have the address

                \(new)

                It will, when the link we have sent there is opened. If it was not you, choose a new password, which
                also ends that link:

                \(forgot)
                """)
    }

    /// To the old one, after.
    static func emailChanged(to address: String, name: String, new: String) -> Letter {
        Letter(
            to: address, subject: "Your account has another e-mail address",
            text: """
                \(greeting(name))

                your account now has the address

                \(new)

                and we will not write to this one any more. If it was not you, tell whoever runs this service.
                """)
    }
}
