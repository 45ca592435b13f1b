import Basics
import SQL

/// The money an account is billed in: three capital letters (ISO 4217).
package enum Currency {
    /// What accounts and plans have unless somebody says otherwise.
    static let fallback = "USD"

    /// How amounts are marked; the code itself where there is no mark that everybody knows.
    package static func symbol(_ code: String) -> String { symbols[code] ?? code }

    /// Notes when the plan has no prices in the currency: everything would be free, or nothing could be had.
    static func require(
        _ code: String, inPlanOfGroup groupID: Int64, _ reader: inout FieldReader, on connection: any Connection
    ) throws {
        let priced = try connection.int(
            """
            SELECT 1 FROM billing_plan_products p JOIN user_groups g ON g.billing_plan_id = p.billing_plan_id
            WHERE g.id = \(groupID) AND p.currency = \(code) LIMIT 1
            """)
        if priced == nil { reader.refuse("currency", "\(code) is not available: nothing is priced in it") }
    }

    private static let symbols = [
        "AUD": "$", "BRL": "R$", "CAD": "$", "CHF": "CHF", "CNY": "¥", "CZK": "Kč", "DKK": "kr", "EUR": "€",
        "GBP": "£", "HKD": "$", "HUF": "Ft", "ILS": "₪", "INR": "₹", "JPY": "¥", "KRW": "₩", "MXN": "$", "NOK": "kr",
        "NZD": "$", "PLN": "zł", "RUB": "₽", "SEK": "kr", "SGD": "$", "THB": "฿", "TRY": "₺", "UAH": "₴", "USD": "$",
        "ZAR": "R",
    ]
}
