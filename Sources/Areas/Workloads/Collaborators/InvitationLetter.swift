import Basics
import Identity
import SQL

/// What the invited are written: by whom, to what, and what comes with it.
enum InvitationLetter {
    private static let nameLengthMax = 60

    /// `byOwner` false: staff of the provider has invited in the owner's name.
    static func of(_ invited: Collaboration, byOwner: Bool, publicURL: String) -> Letter {
        Letter(
            to: invited.person.email,
            // Nothing that a customer has written stands in a header.
            subject: "You were invited to a \(invited.kind.noun)",
            text: """
                \(AccountLetters.greeting(invited.person.fullName))

                \(sender(invited.owner, byOwner: byOwner))
                invites you to \(name(of: invited)).

                \(wrapped(invited.kind.rights))

                To accept or to decline, sign in at

                \(publicURL)/account/collaborations/\(invited.name)

                Until you accept it is closed to you, and nothing happens by itself. If you do not know who this is,
                decline, or ignore this letter.
                """)
    }

    /// No more than the API tells the invited: an administrator's name is not among it.
    private static func sender(_ owner: Collaboration.Person, byOwner: Bool) -> String {
        let address = MailAddress(owner.email) == nil ? nil : owner.email
        let name = AccountLetters.isName(owner.fullName, wordsMax: 5) ? owner.fullName : nil
        let person =
            switch (name, address) {
            case (let name?, let address?): "\(name) (\(address))"
            case (let one?, nil), (nil, let one?): one
            case (nil, nil): "somebody whose name cannot be written here"
            }
        return byOwner ? person : "the provider, for \(person),"
    }

    /// In lines, as the rest of the letter.
    private static func wrapped(_ text: String) -> String {
        var lines: [String] = []
        for word in text.split(separator: " ") {
            if let last = lines.last, last.count + word.count < 110 {
                lines[lines.count - 1] = "\(last) \(word)"
            } else {
                lines.append(String(word))
            }
        }
        return lines.joined(separator: "\n")
    }

    /// Strangers choose names of projects. What reads like an address of a site, or a sentence, is not sent on in our
    /// name: the page that the link leads to shows it.
    private static func name(of invited: Collaboration) -> String {
        let (noun, name) = (invited.kind.noun, invited.thing.name)
        let isPlain =
            (1...nameLengthMax).contains(name.count) && name.split(separator: " ").count <= 6
            && name.unicodeScalars.allSatisfy {
                $0.properties.isAlphabetic || $0.properties.numericType != nil || " -_'’+&#".unicodeScalars.contains($0)
            }
        return isPlain ? "the \(noun) \"\(name)\"" : "a \(noun) whose name you see there"
    }
}
