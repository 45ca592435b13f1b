package import Basics

/// A time on the wire: RFC 3339, UTC, milliseconds.
package struct Timestamp: SelfDescribing, Codable, Sendable, Hashable {
    package let moment: Moment

    package init(_ moment: Moment) { self.moment = moment }

    /// Answers are written, not read back; reading keeps the text's place only.
    package init(from decoder: any Decoder) throws {
        _ = try decoder.singleValueContainer().decode(String.self)
        moment = Moment(milliseconds: 0)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(moment.rfc3339)
    }

    package static let schema = Schema.string(format: "date-time", choices: [])
    package static let sample = Timestamp(Moment(milliseconds: 1_790_000_000_000))
}

/// A decimal that is a JSON string on the wire: prices and CPU counts, as `"0.5"`.
package struct DecimalText: SelfDescribing, Codable, Sendable, Hashable {
    package let text: String

    /// `nano` × 10⁻⁹.
    package init(nano: Int64) { text = Decimal9.text(nano) }

    /// Thousandths. Multiplies without trapping; larger values do not occur.
    package init(milli: Int64) { text = Decimal9.text(milli.multipliedReportingOverflow(by: 1_000_000).partialValue) }

    package init(from decoder: any Decoder) throws { text = try decoder.singleValueContainer().decode(String.self) }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }

    package static let schema = Schema.string(format: "decimal", choices: [])
    package static let sample = DecimalText(nano: 500_000_000)
}

/// JSON whose shape is not ours to fix.
package struct AnyJSON: SelfDescribing, Codable, Sendable, Hashable {
    package let value: JSONValue

    package init(_ value: JSONValue) { self.value = value }

    /// A stored document; null when it is not JSON.
    package init(stored text: String) { value = JSONValue(stored: text) ?? .null }

    package init(from decoder: any Decoder) throws {
        guard let decoder = decoder as? BodyDecoder else {
            value = .null
            return
        }
        value = decoder.value
    }

    package func encode(to encoder: any Encoder) throws {
        guard let encoder = encoder as? ViewEncoder else { return }
        encoder.raw(value.compact)
    }

    package static let schema = Schema.any
    package static let sample = AnyJSON(.null)
}

/// An object with members that are not known beforehand.
package struct JSONObject: SelfDescribing, Codable, Sendable, Hashable {
    package let value: JSONValue

    /// A stored document; `{}` when it is not a JSON object.
    package init(stored text: String) {
        if let value = JSONValue(stored: text), value.members != nil {
            self.value = value
        } else {
            value = .object([:])
        }
    }

    package init(_ members: [String: JSONValue] = [:]) { value = .object(members) }

    package init(from decoder: any Decoder) throws {
        if let decoder = decoder as? BodyDecoder, decoder.value.members != nil {
            value = decoder.value
        } else {
            throw BodyProblem(sentence: "must be an object", path: decoder.codingPath)
        }
    }

    package func encode(to encoder: any Encoder) throws {
        guard let encoder = encoder as? ViewEncoder else { return }
        encoder.raw(value.compact)
    }

    package static let schema = Schema.map(.any)
    package static let sample = JSONObject()
}
