import Configuration

/// The initialisers that configs may name; `constant` has a value beside it.
enum InitializerRegistry {
    static let kinds = Registry<Initializer>(
        "initializer",
        [
            ("glorot_uniform", .glorotUniform),
            ("glorot_normal", .glorotNormal),
            ("he_uniform", .heUniform),
            ("he_normal", .heNormal),
            ("lecun_uniform", .lecunUniform),
            ("lecun_normal", .lecunNormal),
            ("zeros", .zeros),
            ("ones", .ones),
            ("constant", .constant(0)),
        ])
}

extension ObjectReader {
    /// `"he_normal"`, or `{"type": "constant", "value": 0.1}`.
    func initializer(_ key: String, default fallback: Initializer) -> Initializer {
        guard let form = stringOrObject(key) else { return fallback }
        if case .string("constant") = form {
            fail("needs a value; write {\"type\": \"constant\", \"value\": 0.1}", key: key)
            return fallback
        }
        guard let (kind, keys) = InitializerRegistry.kinds.required(key, in: self) else { return fallback }
        defer { keys.finish() }
        guard case .constant = kind else { return kind }
        return keys.requiredNumber("value").map { .constant(Float($0)) } ?? fallback
    }
}

extension Initializer {
    /// The initializer in a config. Values given in code stand as what fills a parameter that is then overwritten.
    var configuration: JSONNode {
        if case .constant(let value) = self { return ["type": "constant", "value": decimal(value)] }
        let kinds = InitializerRegistry.kinds
        return JSONNode(kinds.names.first { kinds[$0] == self } ?? "zeros")
    }
}
