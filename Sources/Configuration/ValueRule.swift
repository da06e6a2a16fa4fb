/// The whole numbers that a key accepts: `1...`, `0...9`.
public protocol IntegerBounds: Sendable {
    var smallest: Int { get }
    /// nil when there is no upper bound.
    var largest: Int? { get }
}

extension PartialRangeFrom: IntegerBounds where Bound == Int {
    public var smallest: Int { lowerBound }
    public var largest: Int? { nil }
}

extension ClosedRange: IntegerBounds where Bound == Int {
    public var smallest: Int { lowerBound }
    public var largest: Int? { upperBound }
}

/// The numbers that a key accepts.
public enum NumberBounds: Sendable {
    case any
    case above(Double)
    case atLeast(Double)
    case between(Double, Double, includingLower: Bool = true, includingUpper: Bool = true)

    public static var positive: NumberBounds { .above(0) }

    func admits(_ number: Double) -> Bool {
        switch self {
        case .any: number.isFinite
        case .above(let bound): number > bound
        case .atLeast(let bound): number >= bound
        case .between(let lower, let upper, let includingLower, let includingUpper):
            (includingLower ? number >= lower : number > lower) && (includingUpper ? number <= upper : number < upper)
        }
    }

    /// As in "must be … , but is -1".
    var described: String {
        switch self {
        case .any: return "finite"
        case .above(let bound): return "above \(plain(bound))"
        case .atLeast(let bound): return "\(plain(bound)) or more"
        case .between(let lower, let upper, true, true): return "from \(plain(lower)) to \(plain(upper))"
        case .between(let lower, let upper, let includingLower, let includingUpper):
            return (includingLower ? "at least " : "above ") + plain(lower)
                + (includingUpper ? " and at most " : " and below ") + plain(upper)
        }
    }

    /// As in "give … ".
    var expected: String {
        switch self {
        case .any: "a number"
        case .above, .between(_, _, true, true): "a number \(described)"
        case .atLeast, .between: "a number, \(described)"
        }
    }

    private func plain(_ bound: Double) -> String {
        Int(exactly: bound).map(String.init) ?? bound.description
    }
}

/// Why a value does not fit; the rest of a sentence that begins with its path.
struct Mismatch: Error {
    private let words: @Sendable () -> String

    /// The words are found when they are asked for: of a million mistakes a few are shown.
    init(message: @autoclosure @escaping @Sendable () -> String) { words = message }

    var message: String { words() }
}

/// What a value must be, in words and in code.
struct ValueRule<T> {
    /// As in "give … " and "must be …".
    var expected: String
    private let convert: (JSONNode) throws(Mismatch) -> T?

    /// - Parameter convert: nil for a value of the wrong type; throws for one that is otherwise impossible.
    init(_ expected: String, convert: @escaping (JSONNode) throws(Mismatch) -> T?) {
        self.expected = expected
        self.convert = convert
    }

    func read(_ node: JSONNode) throws(Mismatch) -> T {
        guard let value = try convert(node) else {
            let expected = expected
            throw Mismatch(message: "must be \(expected), but is \(node.described)")
        }
        return value
    }
}

extension JSONNode {
    /// The whole number that this is, `3.0` included.
    package var asInteger: Int? {
        switch value {
        case .integer(let integer): integer
        case .number(let number): Int(exactly: number)
        default: nil
        }
    }

    package var asNumber: Double? {
        switch value {
        case .integer(let integer): Double(integer)
        case .number(let number): number
        default: nil
        }
    }
}

extension ValueRule where T == Int {
    static func integer(in bounds: some IntegerBounds) -> ValueRule {
        let described: String
        let expected: String
        if let largest = bounds.largest {
            described = "from \(bounds.smallest) to \(largest)"
            expected = "a whole number \(described)"
        } else if bounds.smallest == Int.min {
            described = "a whole number"
            expected = described
        } else {
            described = "\(bounds.smallest) or more"
            expected = "a whole number, \(described)"
        }
        return ValueRule(expected) { node throws(Mismatch) in
            guard let integer = node.asInteger else { return nil }
            guard integer >= bounds.smallest, integer <= bounds.largest ?? Int.max else {
                throw Mismatch(message: "must be \(described), but is \(integer)")
            }
            return integer
        }
    }
}

extension ValueRule where T == Double {
    static func number(_ bounds: NumberBounds) -> ValueRule {
        ValueRule(bounds.expected) { node throws(Mismatch) in
            guard let number = node.asNumber else { return nil }
            guard bounds.admits(number) else {
                throw Mismatch(message: "must be \(bounds.described), but is \(node.described)")
            }
            return number
        }
    }
}

extension ValueRule where T == Bool {
    static var bool: ValueRule {
        ValueRule("true or false") { node throws(Mismatch) in
            if case .bool(let value) = node.value { value } else { nil }
        }
    }
}

extension ValueRule where T == String {
    static var string: ValueRule {
        ValueRule("a string") { node throws(Mismatch) in
            if case .string(let value) = node.value { value } else { nil }
        }
    }

    /// One of `words`; `noun` says what they are, as in "unknown activation 'rellu'".
    static func word(among words: [String], noun: String) -> ValueRule {
        ValueRule("one of \(listed(words))") { node throws(Mismatch) in
            guard case .string(let word) = node.value else { return nil }
            guard words.contains(word) else {
                throw Mismatch(message: unknownWord(word, noun: noun, among: words))
            }
            return word
        }
    }
}

extension ValueRule where T: RawRepresentable & CaseIterable, T.RawValue == String {
    static func choice(noun: String) -> ValueRule {
        let word = ValueRule<String>.word(among: T.allCases.map(\.rawValue), noun: noun)
        return ValueRule(word.expected) { node throws(Mismatch) in T(rawValue: try word.read(node)) }
    }
}
