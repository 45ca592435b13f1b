import Basics
import FoundationEssentials

/// Writes messages (RFC 5322) with text in UTF-8 (RFC 2045, 2047). Equal letters give equal bytes.
enum MailText {
    /// Of a line, without CRLF (RFC 5322 §2.1.1).
    private static let lineBytesMax = 998
    /// Of a line of quoted-printable (RFC 2045 §6.7).
    private static let quotedLineMax = 76
    /// Base64 of so many bytes is an encoded word (75 characters at most, RFC 2047 §2) that fits behind `Subject: `.
    private static let encodedWordBytesMax = 39
    private static let digits = Array("0123456789ABCDEF".utf8)

    static func render(
        _ letter: Letter, from: MailSenderName, to: MailAddress, id: String, at written: Moment
    ) -> String {
        let body = lines(of: letter.text)
        let isPlain = body.allSatisfy { $0.utf8.count <= lineBytesMax && $0.utf8.allSatisfy { $0 < 128 } }
        let sender = from.name.map { "\(displayName($0)) <\(from.address.text)>" } ?? from.address.text
        let head = [
            "Date: \(date(written))",
            "From: \(sender)",
            "To: \(to.text)",
            "Subject: \(unstructured(letter.subject))",
            "Message-ID: <\(id)>",
            "MIME-Version: 1.0",
            "Content-Type: text/plain; charset=utf-8",
            // Links stay whole in 7bit, which matters to whoever reads the file.
            "Content-Transfer-Encoding: \(isPlain ? "7bit" : "quoted-printable")",
            // No holiday notices, please (RFC 3834 §5).
            "Auto-Submitted: auto-generated",
        ]
        return (head + [""] + (isPlain ? body : body.flatMap(quotedPrintable))).joined(separator: "\r\n") + "\r\n"
    }

    /// Text without what ends or breaks a line: for headers.
    static func oneLine(_ text: String) -> String {
        var out = String.UnicodeScalarView()
        for scalar in text.unicodeScalars { out.append(isControl(scalar) ? " " : scalar) }
        return String(out)
    }

    /// A subject: as it is when it is short ASCII, in encoded words otherwise.
    static func unstructured(_ text: String) -> String {
        let line = oneLine(text)
        let isPlain = line.utf8.allSatisfy { $0 < 128 } && line.utf8.count <= 68 && !line.contains("=?")
        return isPlain ? line : encodedWords(line)
    }

    private static func displayName(_ text: String) -> String {
        let line = oneLine(text)
        let isPlain = line.utf8.allSatisfy { $0 < 128 && $0 != 34 && $0 != 92 } && !line.contains("=?")
        return isPlain ? "\"\(line)\"" : encodedWords(line)
    }

    /// Cut between characters, never within one (RFC 2047 §5).
    private static func encodedWords(_ text: String) -> String {
        var words: [String] = []
        var part: [UInt8] = []
        func close() {
            if part.isEmpty { return }
            words.append("=?utf-8?B?\(Data(part).base64EncodedString())?=")
            part = []
        }
        for scalar in text.unicodeScalars {
            let bytes = Array(String(scalar).utf8)
            if part.count + bytes.count > encodedWordBytesMax { close() }
            part += bytes
        }
        close()
        return words.joined(separator: "\r\n ")
    }

    /// The lines of a text, however they end, without control characters.
    private static func lines(of text: String) -> [String] {
        var lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map { line in
            var out = String.UnicodeScalarView()
            for scalar in line.unicodeScalars where !isControl(scalar) || scalar == "\t" { out.append(scalar) }
            return String(out)
        }
        while lines.last?.isEmpty == true { lines.removeLast() }
        return lines
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: true
        default: false
        }
    }

    /// One line as one or several, with soft breaks.
    private static func quotedPrintable(_ line: String) -> [String] {
        let bytes = Array(line.utf8)
        var lines: [String] = []
        var current: [UInt8] = []
        for (index, byte) in bytes.enumerated() {
            let isLast = index == bytes.count - 1
            let isSafe = (33...126).contains(byte) && byte != 61 || (byte == 32 || byte == 9) && !isLast
            let piece = isSafe ? [byte] : [61, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            if current.count + piece.count > quotedLineMax - (isLast ? 0 : 1) {
                lines.append(String(decoding: current + [61], as: UTF8.self))
                current = []
            }
            current += piece
        }
        return lines + [String(decoding: current, as: UTF8.self)]
    }

    /// `Mon, 23 Nov 2026 19:20:31 +0000`
    private static func date(_ moment: Moment) -> String {
        let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let text = Array(moment.rfc3339)
        let days = Int(max(moment.milliseconds, 0) / 86_400_000)
        let month = (Int(String(text[5..<7])) ?? 1) - 1
        return "\(weekdays[days % 7]), \(String(text[8..<10])) \(months[month]) \(String(text[0..<4])) "
            + "\(String(text[11..<19])) +0000"
    }
}
