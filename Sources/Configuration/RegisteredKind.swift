/// A kind that configs name by a word, with keys of its own: an optimizer, a schedule, a loss.
public protocol RegisteredKind: Sendable {
    /// The value of `type` in a config.
    static var name: String { get }

    /// Reads its keys of a config; mistakes are noted with the reader.
    init(reading reader: ObjectReader)

    /// The keys of a config besides `type`, with their values. Reading them gives the same again.
    var configuration: [JSONNode.Member] { get }
}

extension RegisteredKind {
    public var configuration: [JSONNode.Member] { [] }

    /// The value of `type` in a config.
    public var typeName: String { Self.name }

    /// An object with `type` and its keys, as a config has it.
    package var typedConfiguration: JSONNode {
        JSONNode(.object([.init(key: "type", value: JSONNode(Self.name))] + configuration))
    }
}
