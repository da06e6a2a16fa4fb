import Configuration

/// How the parameters of one layer are trained: whether at all, and with which learning rate and weight decay. A layer
/// with parameters takes these keys in its config. Keras has only `trainable`; PyTorch has parameter groups.
public struct LayerTraining: Hashable, Sendable {
    /// `trainable`: false for a frozen layer, whose parameters training does not change.
    public var isTrainable: Bool
    /// `learning_rate_factor`: the factor on the optimizer's learning rate for this layer.
    public var rateFactor: Double
    /// `weight_decay`: the weight decay of this layer; nil for that of the optimizer.
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
