import TestSupport

/// Damage of a kind that chance and malice do.
struct Mutation {
    private var random: SeededRandom

    init(seed: Int, index: Int) {
        var first = SeededRandom(seed)
        random = SeededRandom(Int(truncatingIfNeeded: first.next()) ^ index &* 0x9E37_79B9)
        _ = random.next()
    }

    mutating func pick(_ count: Int) -> Int { Int.random(in: 0..<max(count, 1), using: &random) }

    /// Some bytes changed, cut off or moved.
    mutating func damaged(_ original: [UInt8]) -> [UInt8] {
        var bytes = original
        for _ in 0...pick(3) where !bytes.isEmpty {
            let place = pick(bytes.count)
            switch pick(8) {
            case 0, 1: bytes[place] ^= 1 << UInt8(pick(8))
            case 2: bytes[place] = [0, 1, 0x7F, 0x80, 0xFE, 0xFF][pick(6)]
            case 3: bytes[place] = UInt8.random(in: 0...255, using: &random)
            case 4: bytes.removeLast(bytes.count - place)
            case 5:
                // Sizes and addresses are numbers of eight bytes.
                let value = [0, 1, -1, 1 << 31, 1 << 32, .max, bytes.count, pick(bytes.count)][pick(8)]
                for byte in 0..<8 where place + byte < bytes.count {
                    bytes[place + byte] = UInt8(truncatingIfNeeded: value >> (8 * byte))
                }
            case 6:
                let length = min(1 + pick(64), bytes.count - place)
                let target = pick(bytes.count - length + 1)
                let block = Array(bytes[place..<place + length])
                bytes.replaceSubrange(target..<target + length, with: block)
            default:
                let length = min(1 + pick(16), bytes.count - place)
                bytes.replaceSubrange(place..<place + length, with: repeatElement(0, count: length))
            }
        }
        return bytes
    }

    /// A JSON text with tokens changed, moved, repeated or left out, numbers blown up, or deep nesting.
    mutating func damagedJSON(_ text: String) -> String {
        var tokens = Self.tokens(text)
        for _ in 0...pick(2) where !tokens.isEmpty {
            let place = pick(tokens.count)
            switch pick(9) {
            case 0: tokens.remove(at: place)
            case 1: tokens.insert(tokens[pick(tokens.count)], at: place)
            case 2, 3:
                let numbers = tokens.indices.filter { tokens[$0].first?.isNumber == true || tokens[$0].first == "-" }
                if !numbers.isEmpty { tokens[numbers[pick(numbers.count)]] = Self.numbers[pick(Self.numbers.count)] }
            case 4: tokens[place] = Self.values[pick(Self.values.count)]
            case 5: tokens.swapAt(place, pick(tokens.count))
            case 6:
                let strings = tokens.indices.filter { tokens[$0].first == "\"" }
                if strings.count > 1 { tokens[strings[pick(strings.count)]] = tokens[strings[pick(strings.count)]] }
            case 7:
                let depth = [3, 63, 64, 65, 100_000][pick(5)]
                let (open, close) = [("[", "]"), ("{\"a\":", "}")][pick(2)]
                tokens[place] = String(repeating: open, count: depth) + "1" + String(repeating: close, count: depth)
            default:
                let length = min(1 + pick(12), tokens.count - place)
                tokens.insert(contentsOf: Array(tokens[place..<place + length]), at: place)
            }
        }
        return tokens.joined()
    }

    private static let numbers = [
        "0", "-1", "-0", "1e9", "1000000000", "4294967296", "9223372036854775807", "-9223372036854775808",
        "9223372036854775808", "1e308", "1e309", "-1e400", "1e-400", "0.1", "2147483647", "32767", "65536", "3.0",
        "1" + String(repeating: "0", count: 5000),
    ]
    private static let values = [
        "null", "true", "[]", "{}", "\"\"", "\"input\"", "[[]]", "\"\\u0000\"", "\"\\ud800\"", "{\"type\": \"dense\"}",
        "[1000000000, 1000000000]", "\"a/b\"", "\"dense\"", "\"flatten\"", "\"..\"", "NaN", ",", ":",
    ]

    /// Strings, numbers, words, marks and the space between them.
    private static func tokens(_ text: String) -> [String] {
        var tokens: [String] = []
        var current = ""
        var isString = false
        var isEscaped = false
        for character in text {
            if isString {
                current.append(character)
                if isEscaped {
                    isEscaped = false
                } else if character == "\\" {
                    isEscaped = true
                } else if character == "\"" {
                    isString = false
                    tokens.append(current)
                    current = ""
                }
            } else if character.isLetter || character.isNumber || "+-._".contains(character) {
                current.append(character)
            } else {
                if !current.isEmpty { tokens.append(current) }
                current = ""
                if character == "\"" {
                    isString = true
                    current = "\""
                } else {
                    tokens.append(String(character))
                }
            }
        }
        if !current.isEmpty { tokens.append(current) }
        return tokens
    }
}
