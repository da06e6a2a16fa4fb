public import Configuration

/// The initialisers that configs may name.
///
/// A program's own is an `OwnInitializer`:
/// ```swift
/// try InitializerRegistry.kinds.register({ .own(Spiral(reading: $0)) }, as: Spiral.name)
/// ```
public enum InitializerRegistry {
    /// Reads an initialiser's own keys: all but `type`.
    public typealias Reader = @Sendable (ObjectReader) -> Initializer

    public static let kinds = Registry<Reader>(
        "initializer",
        named.map { (name: $0.name, kind: reader($0.initializer)) } + constants)

    private static let constants: [(name: String, kind: Reader)] = [
        ("constant", { .constant(Float($0.requiredNumber("value") ?? 0)) })
    ]

    private static func reader(_ initializer: Initializer) -> Reader { { _ in initializer } }

    /// Those without constants.
    fileprivate static let named: [(name: String, initializer: Initializer)] = [
        ("glorot_uniform", .glorotUniform),
        ("glorot_normal", .glorotNormal),
        ("he_uniform", .heUniform),
        ("he_normal", .heNormal),
        ("lecun_uniform", .lecunUniform),
        ("lecun_normal", .lecunNormal),
        ("zeros", .zeros),
        ("ones", .ones),
    ]
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
        return kind(keys)
    }
}

extension Initializer {
    /// The initializer in a config. Values given in code stand as what fills a parameter that is then overwritten.
    var configuration: JSONNode {
        switch self {
        case .constant(let value): ["type": "constant", "value": decimal(value)]
        case .ownKind(let own): own.configuration
        default: JSONNode(InitializerRegistry.named.first { $0.initializer == self }?.name ?? "zeros")
        }
    }
}
