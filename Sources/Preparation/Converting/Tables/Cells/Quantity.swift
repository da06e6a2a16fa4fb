/// A number as people write it into tables, with separators and a unit: `102%`, `$3,825.00`, `(1,200)`, `1 250 kg`.
struct Quantity: Equatable {
    /// In the unit: 102 for `102%`.
    var value: Double
    /// `%`, a currency, or what stands behind the number; nil where nothing does.
    var unit: String?
    /// What separates thousands in it.
    private(set) var separator = Separator.none
    /// Whether it is digits and a capital letter right behind them, as seats and flats are called, too: `5A`.
    private(set) var mayBeName = false

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
        guard (1...Self.longest).contains(text.count) else { return nil }
        var rest = ByteCursor(text)
        var isNegative = false
        // Bookkeepers write losses in brackets.
        if rest.first == UInt8(ascii: "("), rest.last == UInt8(ascii: ")") {
            rest.drop(1)
            rest.dropLast()
            isNegative = true
        }
        var (hasSign, currency) = (isNegative, String?.none)
        for _ in 0..<2 {
            if ByteCursor.isDigit(rest.first) { break }
            if !hasSign, let isMinus = rest.sign() { (hasSign, isNegative) = (true, isMinus) }
            if currency == nil, let found = Self.currency(&rest) {
                currency = found
                rest.skipBlanks()
            }
        }
        let end = Self.endOfNumber(rest)
        guard end > 0 else { return nil }
        let number = rest.part(0..<end)
        rest.drop(end)
        let isApart = rest.blank() > 0
        rest.skipBlanks()
        let isWhole = number.digits == end
        if rest.isEmpty {
            unit = currency
        } else {
            guard currency == nil else { return nil }
            if let known = Self.known[Self.key(rest.rest)] {
                unit = known
                mayBeName = isWhole && !isApart && !hasSign && rest.count == 1 && (0x41...0x5A).contains(rest.first)
            } else {
                guard isApart || !isWhole && Self.hasMark(number), Self.looksLikeUnit(rest.rest) else { return nil }
                unit = String(decoding: rest.rest, as: UTF8.self)
            }
        }
        guard let (value, separator) = Self.number(number, point) else { return nil }
        (self.value, self.separator) = (isNegative ? -value : value, separator)
    }

    /// Whether a unit is one of those that are known.
    static func isKnown(_ unit: String) -> Bool {
        var unit = unit
        return unit.withUTF8 { known[key(UnsafeRawBufferPointer($0))] != nil }
    }

    /// Whether a unit, as it is told, is a currency.
    static func isCurrency(_ unit: String) -> Bool { currencyNames.contains(unit) }
    private static let currencyNames = Set(currencies.map { same[$0] ?? $0 })

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

    /// Up to seven bytes in a word, with their number; 0 for more.
    private static func key(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
        guard bytes.count < 8 else { return 0 }
        return bytes.reduce(UInt64(bytes.count)) { $0 << 8 | UInt64($1) }
    }

    /// All units that are known, in the way in which they are told.
    private static let known: [UInt64: String] = {
        var known: [UInt64: String] = [:]
        for unit in currencies + units + ["%", "‰"] {
            known[Array(unit.utf8).withUnsafeBytes { key($0) }] = same[unit] ?? unit
        }
        return known
    }()

    /// The currencies by the byte with which they begin.
    private static let currenciesByStart: [[(bytes: [UInt8], unit: String)]] = {
        var all = [[(bytes: [UInt8], unit: String)]](repeating: [], count: 256)
        for currency in currencies {
            let bytes = Array(currency.utf8)
            all[Int(bytes[0])].append((bytes, same[currency] ?? currency))
        }
        return all
    }()

    private static func currency(_ text: inout ByteCursor) -> String? {
        for (bytes, unit) in currenciesByStart[Int(text.first)]
        where bytes.count <= text.count && bytes.indices.allSatisfy({ text.peek($0) == bytes[$0] }) {
            text.drop(bytes.count)
            return unit
        }
        return nil
    }

    /// Whether a number has a fraction, or thousands between such marks.
    private static func hasMark(_ number: ByteCursor) -> Bool {
        (0..<number.count).contains {
            number.peek($0) == UInt8(ascii: ".") || number.peek($0) == UInt8(ascii: ",")
        }
    }

    private static func looksLikeUnit(_ bytes: UnsafeRawBufferPointer) -> Bool {
        // No character takes more.
        guard bytes.count <= 32 else { return false }
        let text = String(decoding: bytes, as: UTF8.self)
        return text.count <= 8 && text.contains(where: \.isLetter)
            && text.allSatisfy { $0.isLetter || "²³/°%·^".contains($0) || ("0"..."9").contains($0) }
    }

    /// How many bytes the separator of thousands takes that comes at an offset, beside `.` and `,`; 0 where there is none.
    private static func separator(_ text: ByteCursor, _ offset: Int) -> Int {
        switch text.peek(offset) {
        case UInt8(ascii: "'"), UInt8(ascii: "_"): return 1
        case 0xE2 where text.peek(offset + 1) == 0x80 && text.peek(offset + 2) == 0x99: return 3
        default: return text.blank(offset)
        }
    }

    /// How long the number is with which a text begins; points, separators and blanks stand before digits.
    private static func endOfNumber(_ text: ByteCursor) -> Int {
        var index = 0
        while index < text.count {
            let byte = text.peek(index)
            if ByteCursor.isDigit(byte) {
                index += 1
                continue
            }
            let isMark = byte == UInt8(ascii: ".") || byte == UInt8(ascii: ",")
            let length = isMark ? 1 : index > 0 ? separator(text, index) : 0
            guard length > 0, ByteCursor.isDigit(text.peek(index + length)) else { break }
            index += length
        }
        return index
    }

    /// The number, whose thousands may be separated by one kind of mark, in threes, or in twos before the last three.
    private static func number(_ text: ByteCursor, _ point: UInt8) -> (Double, Separator)? {
        let count = text.count
        // Without separators it is what `DecimalNumber` reads.
        var index = text.digits
        if index == count || text.peek(index) == point {
            let fraction = text.part(min(index + 1, count)..<count)
            guard fraction.digits == fraction.count else { return nil }
            return DecimalNumber.parse(text.rest, point: point).map { ($0, .none) }
        }
        // The separator: its first byte tells it from the others, but for the blanks, and a blank is compared as a whole.
        let length = max(1, separator(text, index))
        let mark = text.part(index..<index + length)
        func isMark(_ offset: Int) -> Bool { (0..<length).allSatisfy { text.peek(offset + $0) == mark.peek($0) } }
        // No thousands begin with a zero; a telephone number does.
        guard (1...3).contains(index), text.first != 0x30 else { return nil }
        let isComma = mark.first == UInt8(ascii: ",")
        var groups = 1
        return withUnsafeTemporaryAllocation(byteCount: count, alignment: 1) { digits in
            var made = 0
            func take(_ range: Range<Int>) {
                for offset in range {
                    digits[made] = text.peek(offset)
                    made += 1
                }
            }
            take(0..<index)
            // Of the groups but the first: whether those before the last one have three digits, and whether two.
            var (areThrees, areTwos, last) = (true, true, 0)
            while index < count, text.peek(index) != point {
                guard isMark(index) else { return nil }
                if last > 0 { (areThrees, areTwos) = (areThrees && last == 3, areTwos && last == 2) }
                index += length
                let start = index
                while index < count, ByteCursor.isDigit(text.peek(index)) { index += 1 }
                last = index - start
                groups += 1
                take(start..<index)
            }
            guard last == 3, areThrees || isComma && areTwos else { return nil }
            let hasFraction = index < count
            if hasFraction {
                let start = index + 1
                for offset in start..<count where !ByteCursor.isDigit(text.peek(offset)) { return nil }
                digits[made] = UInt8(ascii: ".")
                made += 1
                take(start..<count)
            }
            let isDoubtful =
                (isComma || mark.first == UInt8(ascii: ".")) && groups == 2 && !hasFraction
            return DecimalNumber.parse(UnsafeRawBufferPointer(rebasing: digits[..<made]), point: UInt8(ascii: "."))
                .map { ($0, isDoubtful ? .doubtful : .proven) }
        }
    }
}
