import Configuration

/// The names of initialisers in configs; `constant` has a value beside it.
enum InitializerName: String, CaseIterable {
    case glorotUniform = "glorot_uniform"
    case glorotNormal = "glorot_normal"
    case heUniform = "he_uniform"
    case heNormal = "he_normal"
    case lecunUniform = "lecun_uniform"
    case lecunNormal = "lecun_normal"
    case zeros, ones

    var initializer: Initializer {
        switch self {
        case .glorotUniform: .glorotUniform
        case .glorotNormal: .glorotNormal
        case .heUniform: .heUniform
        case .heNormal: .heNormal
        case .lecunUniform: .lecunUniform
        case .lecunNormal: .lecunNormal
        case .zeros: .zeros
        case .ones: .ones
        }
    }
}

extension ObjectReader {
    /// `"he_normal"`, or `{"type": "constant", "value": 0.1}`.
    func initializer(_ key: String, default fallback: Initializer) -> Initializer {
        let words = InitializerName.allCases.map(\.rawValue) + ["constant"]
        switch stringOrObject(key) {
        case nil: return fallback
        case .string(let word):
            if let name = InitializerName(rawValue: word) { return name.initializer }
            if word == "constant" {
                fail("needs a value; write {\"type\": \"constant\", \"value\": 0.1}", key: key)
            } else if let near = nearestWord(to: word, among: words) {
                fail("unknown initializer '\(word)'; did you mean '\(near)'?", key: key)
            } else {
                fail("unknown initializer '\(word)'; known are \(words.joined(separator: ", "))", key: key)
            }
            return fallback
        case .object(let reader):
            let word = reader.requiredWord("type", among: words, noun: "initializer")
            let value = word == "constant" ? reader.requiredNumber("value") : nil
            reader.finish()
            if let value { return .constant(Float(value)) }
            return word.flatMap(InitializerName.init(rawValue:))?.initializer ?? fallback
        }
    }
}

extension Initializer {
    /// The initializer in a config. Values given in code stand as what fills a parameter that is then overwritten.
    var configuration: JSONNode {
        if case .constant(let value) = self { return ["type": "constant", "value": decimal(value)] }
        let name = InitializerName.allCases.first { $0.initializer == self } ?? .zeros
        return JSONNode(name.rawValue)
    }
}
