/// Texts that look like numbers or dates but are not read as such, since they hold more than digits: `102%`,
/// `$3,825.00`, `1.234,5`, `5.1 kg`, `0x1F`, `2024-03-01`, `1-Mar-2024`. Their codes would have nothing of their size.
enum NumericLook: Equatable {
    /// With the other decimal mark, and otherwise plain.
    case otherPoint
    /// With separators, a currency, a percent sign or a unit.
    case number
    case date

    /// - Parameters:
    ///   - text: one that `DecimalNumber` does not read.
    ///   - point: the byte between whole and fraction.
    init?(_ text: UnsafeRawBufferPointer, point: UInt8) {
        // Longer ones are sentences.
        guard (1...40).contains(text.count), Self.hasDigit(text) else { return nil }
        let other = point == UInt8(ascii: ".") ? UInt8(ascii: ",") : UInt8(ascii: ".")
        if DecimalNumber.parse(text, point: other) != nil {
            self = .otherPoint
            return
        }
        let words = String(decoding: text, as: UTF8.self)
        if Self.isDate(words) {
            self = .date
        } else if Self.isNumber(words) || Self.isHexadecimal(words) || Self.isMostlyDigits(words) {
            self = .number
        } else {
            return nil
        }
    }

    /// Whether there is a digit, of any script.
    static func hasDigit(_ text: UnsafeRawBufferPointer) -> Bool {
        if text.contains(where: ByteCursor.isDigit) { return true }
        // Most texts are ASCII, of which that was all.
        guard text.contains(where: { $0 >= 0x80 }) else { return false }
        return String(decoding: text, as: UTF8.self).unicodeScalars.contains {
            $0.properties.generalCategory == .decimalNumber
        }
    }

    /// What begins with a digit and holds at least as many as other characters: `5k`, `1/2`, `20-30`, `5-`, `１２`. A name has more
    /// of these: `4WD`, `2Story`.
    private static func isMostlyDigits(_ text: String) -> Bool {
        func isOfAny(_ character: Character) -> Bool {
            character.unicodeScalars.allSatisfy { $0.properties.generalCategory == .decimalNumber }
        }
        guard let first = text.first, isOfAny(first) else { return false }
        return 2 * text.count(where: isOfAny) >= text.count
    }

    /// Three numbers between `-`, `/` or `.`, or two and more between `:`, with what may follow of a time; a year and a
    /// month; or a month's English name with a day, a year or both.
    private static func isDate(_ text: String) -> Bool {
        if namesMonth(text) || isMonth(text) || isWritten(text) { return true }
        let day = text.prefix { !($0 == " " || $0 == "T") }
        let rest = text.dropFirst(day.count + 1)
        // Behind a time may stand the name of its zone: EST, Europe/Berlin.
        guard
            rest.allSatisfy({ $0.isNumber || ":.,+-Z ".contains($0) || "apmAPM".contains($0) })
                || rest.contains(":") && rest.allSatisfy({ $0.isLetter || $0.isNumber || ":.,+-/_() ".contains($0) })
        else { return false }
        for mark in ["-", "/", ".", ":"] as [Character] {
            let parts = day.split(separator: mark, omittingEmptySubsequences: false)
            guard parts.count == 3 || (mark == ":" && parts.count == 2) else { continue }
            if parts.allSatisfy({ (1...4).contains($0.count) && $0.allSatisfy(isDigit) }) { return true }
        }
        return false
    }

    /// `2024-03`, `03/2024`.
    private static func isMonth(_ text: String) -> Bool {
        let parts = text.split { $0 == "-" || $0 == "/" }
        guard parts.count == 2, parts.allSatisfy({ $0.allSatisfy(isDigit) }) else { return false }
        return [(parts[0], parts[1]), (parts[1], parts[0])].contains { year, month in
            year.count == 4 && month.count <= 2 && (1...12).contains(Int(month) ?? 0)
        }
    }

    /// A day, the name of a month and a year, in some order, perhaps behind a day of the week: `Mon, 01 Jan 2024`,
    /// `1. März 2024`, `1 de mayo 2024`.
    private static func isWritten(_ text: String) -> Bool {
        let parts = text.split { " -/.,".contains($0) }
        guard (3...5).contains(parts.count) else { return false }
        let numbers = parts.filter { $0.allSatisfy(isDigit) }
        let words = parts.filter { $0.allSatisfy(\.isLetter) }.map { $0.lowercased() }
        guard numbers.count == 2, words.count == parts.count - 2, numbers.contains(where: { $0.count == 4 }),
            numbers.contains(where: { $0.count <= 2 && (1...31).contains(Int($0) ?? 0) })
        else { return false }
        return words.contains { word in stems.contains { word.hasPrefix($0) } }
    }

    /// How months begin in languages of Europe, without those that are English.
    private static let stems = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec", "mär", "mai", "okt", "dez",
        "fév", "fev", "avr", "juin", "juil", "aoû", "déc", "ene", "abr", "ago", "dic", "gen", "mag", "giu", "lug",
        "set",
        "ott", "maa", "mei", "mrt", "out", "maj",
    ]

    private static let months = [
        "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
        "december",
    ]

    private static func namesMonth(_ text: String) -> Bool {
        let parts = text.split { " -/.,".contains($0) }
        guard (2...3).contains(parts.count) else { return false }
        let words = parts.filter { !$0.allSatisfy(isDigit) }
        guard words.count == 1, parts.allSatisfy({ $0 == words[0] || $0.count <= 4 }) else { return false }
        let word = words[0].lowercased()
        return word.count >= 3 && months.contains { $0 == word || $0.prefix(3) == word || word == "sept" }
    }

    private static func isHexadecimal(_ text: String) -> Bool {
        (text.hasPrefix("0x") || text.hasPrefix("0X")) && text.count > 2 && text.dropFirst(2).allSatisfy(\.isHexDigit)
    }

    private static let currencies = ["$", "€", "£", "¥", "₹", "₽", "₩", "USD", "EUR", "GBP", "CHF", "JPY"]

    /// A number between a sign or a currency, and a percent sign, a currency or a unit.
    private static func isNumber(_ text: String) -> Bool {
        var rest = text[...]
        func trim() { rest = rest.drop { isBlank($0) } }
        // Bookkeepers write losses in brackets.
        if rest.hasPrefix("("), rest.hasSuffix(")") { rest = rest.dropFirst().dropLast() }
        for _ in 0..<2 {
            if let sign = rest.first, "+-−".contains(sign) { rest = rest.dropFirst() }
            if let currency = currencies.first(where: rest.hasPrefix) { rest = rest.dropFirst(currency.count) }
            trim()
        }
        let number = rest.prefix { isDigit($0) || ".,'’_".contains($0) || isBlank($0) }
        guard let first = number.first, isDigit(first) || ".,".contains(first), number.contains(where: isDigit) else {
            return false
        }
        rest = rest[number.endIndex...]
        if rest.isEmpty || currencies.contains(String(rest)) || ["%", "‰"].contains(String(rest)) { return true }
        // A unit, where a point or a blank tells the number from a name such as 4WD.
        let isApart = number.last.map(isBlank) ?? false
        return (isApart || number.contains(".") || number.contains(",")) && rest.count <= 4
            && rest.allSatisfy { $0.isLetter || "²³/°%".contains($0) }
    }

    private static func isDigit(_ character: Character) -> Bool { ("0"..."9").contains(character) }
    private static func isBlank(_ character: Character) -> Bool {
        character == " " || character == "\u{A0}" || character == "\u{202F}" || character == "\u{2009}"
    }
}
