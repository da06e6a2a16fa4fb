import Configuration

/// `data.normalize`: a word, or an object with the word as `type`, `per` and the constants.
enum NormalizationConfiguration {
    private static let words = Normalization.Kind.allCases.map(\.rawValue).filter { $0 != "constants" }
    private static let forms = "one of \(words.map { "'\($0)'" }.joined(separator: ", ")), or an object"
    static let names = Normalization.Kind.allCases.map(\.rawValue)

    /// Reads the key: one, or an object with one for each input by its name.
    static func readByName(_ reader: ObjectReader, key: String) -> ByName<Normalization> {
        // An object that is one says its type, or at least has some of its keys.
        func isOne(_ node: JSONNode) -> Bool {
            ["type", "per", "offset", "scale"].contains { node[$0] != nil } || node == [:]
        }
        return ByName(reading: reader, key: key, isOne: isOne) { read($0, key: $1) }
    }

    /// Reads the key; `none` where it is missing, and where a mistake has been noted.
    static func read(_ reader: ObjectReader?, key: String) -> Normalization {
        guard let reader, let node = reader.node(key) else { return .none }
        switch node.value {
        case .string("constants"):
            reader.fail(
                #"needs the numbers, as in {"type": "constants", "offset": 127.5, "scale": 0.0078125}"#, key: key)
            return .none
        case .string:
            return kind(reader.requiredWord(key, among: words)).map { normalization($0, per: nil) } ?? .none
        case .object:
            guard let object = reader.object(key) else { return .none }
            // Without a kind it isn't known which other keys there are.
            guard let kind = kind(object.requiredWord("type", among: names, noun: "normalize")) else { return .none }
            defer { object.finish() }
            switch kind {
            case .none: return .none
            case .constants:
                if !object.has("offset"), !object.has("scale") {
                    object.fail("needs 'offset', 'scale' or both, each a number or a list of numbers")
                }
                return .constants(offset: numbers(object, "offset") ?? [0], scale: scale(object) ?? [1])
            case .standardize, .minMax, .scale:
                let scope: Normalization.Scope = object.choice("per", noun: "scope", default: kind.usualScope)
                return normalization(kind, per: scope)
            }
        case .null, .bool, .integer, .number, .array:
            reader.fail("must be \(forms), but is \(node.jsonText(pretty: false))", key: key)
            return .none
        }
    }

    private static func kind(_ word: String?) -> Normalization.Kind? {
        word.flatMap { Normalization.Kind(rawValue: $0) }
    }

    private static func normalization(_ kind: Normalization.Kind, per scope: Normalization.Scope?) -> Normalization {
        let scope = scope ?? kind.usualScope
        return switch kind {
        case .none: .none
        case .standardize: .standardize(per: scope)
        case .minMax: .minMax(per: scope)
        case .scale: .scale(per: scope)
        case .constants: .constants()
        }
    }

    private static func scale(_ reader: ObjectReader) -> [Double]? {
        guard let numbers = numbers(reader, "scale") else { return nil }
        guard let place = numbers.firstIndex(of: 0) else { return numbers }
        var index: Int?
        if case .array? = reader.node("scale")?.value { index = place }
        reader.fail("must not be 0, which would leave nothing of the inputs", key: "scale", index: index)
        return nil
    }

    /// A number, or a list of at least one.
    private static func numbers(_ reader: ObjectReader, _ key: String) -> [Double]? {
        guard let node = reader.node(key) else { return nil }
        switch node.value {
        case .integer, .number: return reader.requiredNumber(key).map { [$0] }
        case .array([]): reader.fail("must be a list of numbers, at least one, but is an empty list", key: key)
        case .array: return reader.numbers(key)
        case .null, .bool, .string, .object:
            reader.fail("must be a number or a list of numbers, but is \(node.jsonText(pretty: false))", key: key)
        }
        return nil
    }

    /// The short form where it says all.
    static func configuration(_ normalization: Normalization) -> JSONNode {
        func numbers(_ values: [Double]) -> JSONNode {
            values.count == 1 ? JSONNode(values[0]) : JSONNode(values.map { JSONNode($0) })
        }
        let kind = normalization.kind
        if kind == .constants {
            return [
                "type": JSONNode(kind.rawValue), "offset": numbers(normalization.offset),
                "scale": numbers(normalization.scale),
            ]
        }
        guard normalization.scope != kind.usualScope else { return JSONNode(kind.rawValue) }
        return ["type": JSONNode(kind.rawValue), "per": JSONNode(normalization.scope.rawValue)]
    }
}
