import Configuration

/// How training treats the parameters of one layer, as its config says beside its own keys: whether it changes them, and
/// with which learning rate and weight decay. Keras knows only the first; PyTorch has the others as parameter groups.
public struct LayerTraining: Hashable, Sendable {
    /// `trainable`: false for a frozen layer, whose parameters stay as they are.
    public var isTrainable: Bool
    /// `learning_rate_factor`: what the optimizer's learning rate is multiplied by for this layer.
    public var rateFactor: Double
    /// `weight_decay`: this layer's own; nil for the optimizer's.
    public var weightDecay: Double?

    public init(isTrainable: Bool = true, rateFactor: Double = 1, weightDecay: Double? = nil) {
        self.isTrainable = isTrainable
        self.rateFactor = rateFactor
        self.weightDecay = weightDecay
    }

    init(reading reader: ObjectReader) {
        isTrainable = reader.bool("trainable", default: true)
        rateFactor = reader.number("learning_rate_factor", .positive, default: 1)
        weightDecay = reader.optionalNumber("weight_decay", .atLeast(0))
        guard !isTrainable else { return }
        for key in ["learning_rate_factor", "weight_decay"] where reader.node(key).map({ $0.value != .null }) == true {
            reader.fail(
                "has nothing to act on, since the layer is frozen (\"trainable\": false); leave one of the two out",
                key: key)
        }
    }

    /// The keys whose values are not those of a layer that says nothing.
    var configuration: [JSONNode.Member] {
        (isTrainable ? [] : [.init("trainable", false)])
            + (rateFactor == 1 ? [] : [.init("learning_rate_factor", JSONNode(rateFactor))])
            + (weightDecay.map { [.init("weight_decay", JSONNode($0))] } ?? [])
    }
}
