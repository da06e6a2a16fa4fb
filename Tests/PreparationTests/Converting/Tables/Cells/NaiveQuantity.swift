@testable import Preparation

/// The naive form of `Quantity`, by characters: its reference.
struct NaiveQuantity: Equatable {
    /// In the unit: 102 for `102%`.
    var value: Double
    /// `%`, a currency, or what stands behind the number; nil where nothing does.
    var unit: String?
    /// What separates thousands in it.
    private(set) var separator = Separator.none

    enum Separator {
        case none
        /// One `,` or `.` before three digits, which elsewhere is a decimal mark.
        case doubtful
        case proven
    }

    /// - Parameters:
    ///   - text: without blanks at its ends.
    ///   - point: the byte between whole and fraction; the other one of `.` and `,` separates thousands.
    /// - Returns: nil for what is no number with a unit. A unit that stands right behind a whole number must be a known one:
    ///   `12kg` is a quantity and `4WD` a name.
    init?(_ text: UnsafeRawBufferPointer, point: UInt8) {
        guard (1...Self.longest).contains(text.count), text.contains(where: Self.isDigit) else { return nil }
        var rest = String(decoding: text, as: UTF8.self)[...]
        var isNegative = false
        // Bookkeepers write losses in brackets.
        if rest.hasPrefix("("), rest.hasSuffix(")") {
            rest = rest.dropFirst().dropLast()
            isNegative = true
        }
        var (hasSign, currency) = (isNegative, String?.none)
        for _ in 0..<2 {
            if !hasSign, let sign = rest.first, "+-−".contains(sign) {
                (hasSign, isNegative) = (true, sign != "+")
                rest = rest.dropFirst()
            }
            if currency == nil, let found = Self.currencies.first(where: rest.hasPrefix) {
                currency = found
                rest = rest.dropFirst(found.count).drop(while: Self.isBlank)
            }
        }
        guard let end = Self.endOfNumber(rest),
            let (value, separator) = Self.number(rest[..<end], Character(Unicode.Scalar(point)))
        else { return nil }
        self.separator = separator
        let number = rest[..<end]
        rest = rest[end...]
        let isApart = rest.first.map(Self.isBlank) ?? false
        let unit = String(rest.drop(while: Self.isBlank))
        self.value = isNegative ? -value : value
        if unit.isEmpty {
            self.unit = currency.map { Self.same[$0] ?? $0 }
            return
        }
        guard currency == nil else { return nil }
        let isFraction = number.contains { $0 == "." || $0 == "," }
        guard Self.isKnown(unit) || ((isApart || isFraction) && Self.looksLikeUnit(unit)) else { return nil }
        self.unit = Self.same[unit] ?? unit
    }

    /// Whether a unit is one of those that are known.
    static func isKnown(_ unit: String) -> Bool {
        currencies.contains(unit) || unit == "%" || unit == "‰" || units.contains(unit)
    }

    /// Other ways to write a unit.
    private static let same = [
        "lbs": "lb", "hr": "h", "hrs": "h", "ug": "µg", "um": "µm", "us": "µs", "m2": "m²", "km2": "km²", "m3": "m³",
        "mL": "ml", "kmh": "km/h", "KB": "kB", "EUR": "€", "GBP": "£",
    ]

    /// Longer ones are sentences.
    private static let longest = 40
    private static let currencies = [
        "US$", "$", "€", "£", "¥", "₹", "₽", "₩", "USD", "EUR", "GBP", "CHF", "JPY", "CNY", "INR", "CAD", "AUD", "SEK",
    ]
    /// Those that may stand right behind a whole number.
    private static let units: Set<String> = [
        "kg", "g", "mg", "µg", "ug", "lb", "lbs", "oz", "t", "km", "m", "cm", "mm", "µm", "um", "nm", "mi", "ft", "in",
        "yd",
        "l", "L", "dl", "ml", "mL", "gal", "s", "ms", "µs", "us", "ns", "min", "h", "hr", "hrs", "d", "m²", "m2", "km²",
        "km2", "cm²", "ha", "m³", "m3", "km/h", "kmh", "mph", "m/s", "kn", "W", "kW", "MW", "hp", "PS", "kWh", "V",
        "mV",
        "kV", "A", "mA", "Ah", "mAh", "Hz", "kHz", "MHz", "GHz", "Pa", "hPa", "kPa", "bar", "mbar", "psi", "mmHg", "N",
        "J",
        "kJ", "kcal", "cal", "°", "°C", "°F", "K", "B", "kB", "KB", "MB", "GB", "TB", "bit", "px", "dpi", "ppm", "ppb",
        "dB",
        "mol", "mmol", "cc", "bpm", "rpm",
    ]

    private static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }
    private static func isDigit(_ character: Character) -> Bool { ("0"..."9").contains(character) }
    private static func isBlank(_ character: Character) -> Bool { " \u{A0}\u{202F}\u{2009}\t".contains(character) }

    private static func looksLikeUnit(_ text: String) -> Bool {
        text.count <= 8 && text.contains(where: \.isLetter)
            && text.allSatisfy { $0.isLetter || "²³/°%·^".contains($0) || isDigit($0) }
    }

    /// Behind the last digit of the number with which a text begins; points, separators and blanks stand before digits.
    private static func endOfNumber(_ text: Substring) -> Substring.Index? {
        var index = text.startIndex
        while index < text.endIndex {
            let next = text.index(after: index)
            if !isDigit(text[index]) {
                let isMark = ".,".contains(text[index])
                let isSeparator = index > text.startIndex && ("'’_".contains(text[index]) || isBlank(text[index]))
                guard isMark || isSeparator, next < text.endIndex, isDigit(text[next]) else { break }
            }
            index = next
        }
        return index > text.startIndex ? index : nil
    }

    /// The number, whose thousands may be separated by one kind of mark, in threes, or in twos before the last three.
    private static func number(_ text: Substring, _ point: Character) -> (Double, Separator)? {
        let parts = text.split(separator: point, maxSplits: 1, omittingEmptySubsequences: false)
        let whole = parts[0]
        guard parts.count == 1 || parts[1].allSatisfy(isDigit) else { return nil }
        var digits = String(whole)
        var found = Separator.none
        if let separator = whole.first(where: { !isDigit($0) }) {
            guard separator != point else { return nil }
            let groups = whole.split(separator: separator, omittingEmptySubsequences: false)
            guard groups.allSatisfy({ !$0.isEmpty && $0.allSatisfy(isDigit) }), groups[0].count <= 3,
                groups[0].first != "0",
                groups.last?.count == 3,
                groups.dropFirst().dropLast().allSatisfy({ $0.count == 3 })
                    || separator == ","
                        && groups.dropFirst().dropLast().allSatisfy({ $0.count == 2 })
            else { return nil }
            digits = groups.joined()
            let isMark = separator == "," || separator == "."
            found = isMark && groups.count == 2 && parts.count == 1 ? .doubtful : .proven
        }
        if parts.count == 2 { digits += "." + parts[1] }
        guard digits.contains(where: isDigit) else { return nil }
        return digits.withUTF8 { DecimalNumber.parse(UnsafeRawBufferPointer($0), point: UInt8(ascii: ".")) }
            .map { ($0, found) }
    }
}
