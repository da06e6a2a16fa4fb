/// A kind of optimizer, schedule, loss, layer or transform: configs name it as `type`, beside its own keys.
public protocol RegisteredKind: Sendable {
    /// The value of `type` in a config.
    static var name: String { get }

    /// Reads the kind's keys; mistakes are reported to the reader.
    init(reading reader: ObjectReader)

    /// The kind's keys besides `type`, with their values. Reading them gives an equal value.
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
