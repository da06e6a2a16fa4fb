extension ObjectReader {
    // MARK: - Whole numbers

    /// A whole number; `3.0` counts as one.
    public func integer(_ key: String, in bounds: some IntegerBounds = Int.min..., default fallback: Int) -> Int {
        defaulted(key, .integer(in: bounds), fallback)
    }

    public func requiredInteger(_ key: String, in bounds: some IntegerBounds = Int.min...) -> Int? {
        required(key, .integer(in: bounds))
    }

    public func optionalInteger(_ key: String, in bounds: some IntegerBounds = Int.min...) -> Int? {
        optional(key, .integer(in: bounds))
    }

    /// Reads `format`, the version of what a file of Stormo's own holds; another than the one that is read is a mistake.
    package func requireFormat(_ known: Int) {
        if let format = requiredInteger("format", in: 1...), format != known {
            fail("is \(format), which this version of stormo does not read", key: "format")
        }
    }

    // MARK: - Numbers

    public func number(_ key: String, _ bounds: NumberBounds = .any, default fallback: Double) -> Double {
        defaulted(key, .number(bounds), fallback)
    }

    public func requiredNumber(_ key: String, _ bounds: NumberBounds = .any) -> Double? {
        required(key, .number(bounds))
    }

    public func optionalNumber(_ key: String, _ bounds: NumberBounds = .any) -> Double? {
        optional(key, .number(bounds))
    }

    // MARK: - Truth values and strings

    public func bool(_ key: String, default fallback: Bool) -> Bool { defaulted(key, .bool, fallback) }

    public func requiredBool(_ key: String) -> Bool? { required(key, .bool) }

    public func optionalBool(_ key: String) -> Bool? { optional(key, .bool) }

    public func string(_ key: String, default fallback: String) -> String { defaulted(key, .string, fallback) }

    public func requiredString(_ key: String) -> String? { required(key, .string) }

    public func optionalString(_ key: String) -> String? { optional(key, .string) }

    // MARK: - Words

    /// The enumeration's case whose raw value is under the key.
    /// - Parameter noun: what the values are, as in "unknown activation 'rellu'"; nil for the key itself.
    public func choice<T: RawRepresentable & CaseIterable>(
        _ key: String, noun: String? = nil, default fallback: T
    ) -> T where T.RawValue == String {
        defaulted(key, .choice(noun: noun ?? spoken(key)), fallback)
    }

    public func requiredChoice<T: RawRepresentable & CaseIterable>(
        _ key: String, of type: T.Type = T.self, noun: String? = nil
    ) -> T? where T.RawValue == String {
        required(key, .choice(noun: noun ?? spoken(key)))
    }

    public func optionalChoice<T: RawRepresentable & CaseIterable>(
        _ key: String, of type: T.Type = T.self, noun: String? = nil
    ) -> T? where T.RawValue == String {
        optional(key, .choice(noun: noun ?? spoken(key)))
    }

    /// One of `words`, for words that are known only at run time.
    public func word(
        _ key: String, among words: [String], noun: String? = nil, default fallback: String
    ) -> String {
        defaulted(key, .word(among: words, noun: noun ?? spoken(key)), fallback)
    }

    public func requiredWord(_ key: String, among words: [String], noun: String? = nil) -> String? {
        required(key, .word(among: words, noun: noun ?? spoken(key)))
    }

    func spoken(_ key: String) -> String { String(key.map { $0 == "_" ? " " : $0 }) }

    // MARK: - Either of two

    /// A whole number or a word in its stead, as `"workers": 4` or `"workers": "auto"`.
    package enum IntegerOrWord: Sendable, Equatable {
        case integer(Int)
        case word(String)
    }

    package func integerOrWord(
        _ key: String, in bounds: some IntegerBounds, words: [String], default fallback: IntegerOrWord
    ) -> IntegerOrWord {
        let integer = ValueRule.integer(in: bounds)
        let rule = ValueRule<IntegerOrWord>("\(integer.expected), or \(listed(words))") { node throws(Mismatch) in
            if case .string(let word) = node.value {
                guard !words.contains(word) else { return .word(word) }
                // A word that is near none of them is no word, but a value of the wrong type.
                guard nearestWord(to: word, among: words) != nil else { return nil }
                throw Mismatch(message: unknownWord(word, noun: "word", among: words))
            }
            guard let value = node.asInteger else { return nil }
            guard value >= bounds.smallest, value <= bounds.largest ?? Int.max else { return nil }
            return .integer(value)
        }
        return defaulted(key, rule, fallback)
    }
}
