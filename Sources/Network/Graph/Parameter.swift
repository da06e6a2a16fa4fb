/// What a graph knows of a parameter besides its shape.
package struct Parameter: Hashable, Sendable {
    package var initializer: Initializer
    package var role: ParameterRole
    package var kind: ParameterKind
}

/// How a parameter changes in training.
public enum ParameterRole: String, Sendable, CaseIterable {
    /// Updated by the optimizer, from its gradient.
    case trained
    /// Not changed: a parameter of a layer with `"trainable": false`.
    case frozen
    /// Updated by its own operator, without a gradient, such as running statistics.
    case state
}

/// What a parameter is for. `exclude_from_weight_decay` can name a kind.
public enum ParameterKind: String, Sendable, CaseIterable {
    /// Weights by which the layer's input is multiplied.
    case kernel
    /// An offset that is added to the layer's result.
    case bias
    /// Scale, offset or running statistics of a normalisation.
    case normalization
}
