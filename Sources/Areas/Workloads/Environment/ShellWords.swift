/// Splits a command as a shell would, without expanding anything (POSIX.1-2017, Shell Command Language §2.2).
package enum ShellWords {
    /// Why a text is no command.
    package struct Problem: Error, Sendable, Hashable {
        /// A full sentence.
        package let sentence: String
    }

    /// `a "b c" d\ e` → `a`, `b c`, `d e`.
    package static func split(_ text: String) throws(Problem) -> [String] {
        var words: [String] = []
        var word: String?
        var quote: Character?
        var rest = Substring(text)
        while let character = rest.popFirst() {
            switch (quote, character) {
            case ("'", "'"), ("\"", "\""): quote = nil
            case ("'", _): word?.append(character)
            case ("\"", "\\"):
                // Inside double quotes a backslash only escapes these; elsewhere it stands for itself.
                if let next = rest.first, "\"\\$`".contains(next) {
                    word?.append(next)
                    rest.removeFirst()
                } else {
                    word?.append(character)
                }
            case ("\"", _): word?.append(character)
            case (_, "'"), (_, "\""):
                quote = character
                word = word ?? ""
            case (_, "\\"):
                guard let next = rest.popFirst() else {
                    throw Problem(sentence: "The command ends with a single backslash.")
                }
                word = (word ?? "") + String(next)
            case (_, _) where character.isWhitespace:
                if let ended = word { words.append(ended) }
                word = nil
            default: word = (word ?? "") + String(character)
            }
        }
        if let quote { throw Problem(sentence: "The command has an opening \(quote) without a closing one.") }
        if let word { words.append(word) }
        return words
    }

    /// The argument vector of a service's command. After `/bin/sh -c` (or bash) everything is the script, quoted or
    /// not, because that is how v60 commands are written.
    package static func arguments(_ command: String) throws(Problem) -> [String] {
        let words = try split(command)
        guard words.count > 2, ["/bin/sh", "/bin/bash"].contains(words[0]), words[1] == "-c" else { return words }
        if words.count == 3 { return words }
        var script = Substring(command).drop(while: \.isWhitespace)
        for prefix in [words[0], words[1]] where script.hasPrefix(prefix) {
            script = script.dropFirst(prefix.count).drop(while: \.isWhitespace)
        }
        return [words[0], words[1], String(script)]
    }
}
