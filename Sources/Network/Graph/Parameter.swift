/// What a graph knows of a parameter besides its shape.
package struct Parameter: Hashable, Sendable {
    package var initializer: Initializer
    package var role: ParameterRole
    package var kind: ParameterKind
}

/// How a parameter changes in training.
public enum ParameterRole: String, Sendable, CaseIterable {
    /// By the optimizer, from its gradient.
    case trained
    /// Not at all: that of a layer with `"trainable": false`.
    case frozen
    /// By its own operator, without a gradient, as running statistics do.
    case state
}

/// What a parameter is for: what weight decay may pass over.
public enum ParameterKind: String, Sendable, CaseIterable {
    /// A factor of the layer's input.
    case kernel
    /// What is added to a layer's result.
    case bias
    /// Scale, offset or statistics of a normalisation.
    case normalization
}
