/// `data.normalize` of a config: how inputs are scaled before they reach the model.
///
/// A value x becomes (x - offset)·scale. Offset and scale are computed from the training split, or given.
public struct Normalization: Sendable, Hashable {
    public enum Kind: String, Sendable, CaseIterable {
        case none
        /// (x - mean) / deviation, with the standard deviation of the population: √(Σ(x - mean)² / n).
        case standardize
        /// (x - min) / (max - min): 0 to 1 over the training split.
        case minMax = "min_max"
        /// x / max│x│.
        case scale
        /// Offset and scale as given.
        case constants
    }

    /// Which values of a row share an offset and a scale.
    public enum Scope: String, Sendable, CaseIterable {
        /// One for each index of the last axis: a feature of a table, a channel of an image.
        case channel
        /// One for each value of a row. For images the offset is then a mean image.
        case feature
        /// One for all values.
        case all
    }

    public let kind: Kind
    public let scope: Scope
    /// The constants of `constants`: one number, one for each index of the last axis, or one for each value of a row.
    /// Empty for other kinds.
    public let offset: [Double]
    public let scale: [Double]

    private init(_ kind: Kind, _ scope: Scope? = nil, offset: [Double] = [], scale: [Double] = []) {
        self.kind = kind
        self.scope = scope ?? kind.usualScope
        self.offset = offset
        self.scale = scale
    }

    public static let none = Normalization(.none)
    public static let standardize = Normalization(.standardize)
    public static let minMax = Normalization(.minMax)
    public static let scale = Normalization(.scale)

    public static func standardize(per scope: Scope) -> Normalization { Normalization(.standardize, scope) }
    public static func minMax(per scope: Scope) -> Normalization { Normalization(.minMax, scope) }
    public static func scale(per scope: Scope) -> Normalization { Normalization(.scale, scope) }

    /// Whether its constants are computed from the training split.
    package var isFitted: Bool {
        switch kind {
        case .none, .constants: false
        case .standardize, .minMax, .scale: true
        }
    }

    /// (x - offset)·scale. Each list has one number, one for each index of the last axis, or one for each value of a
    /// row; the lengths are checked when the normalisation is fitted.
    public static func constants(offset: [Double] = [0], scale: [Double] = [1]) -> Normalization {
        Normalization(.constants, offset: offset, scale: scale)
    }
}

extension Normalization.Kind {
    /// The scope that goes without saying; older model files tell no other.
    package var usualScope: Normalization.Scope {
        switch self {
        case .standardize, .minMax: .channel
        case .none, .scale, .constants: .all
        }
    }
}

extension Normalization.Scope {
    /// As in "the mean and deviation of each channel".
    package var words: String { self == .all ? "all numbers" : "each \(rawValue)" }
}

extension Normalization: CustomStringConvertible {
    /// `standardize`, `min_max of each feature`.
    public var description: String {
        scope == kind.usualScope || kind == .constants ? kind.rawValue : "\(kind.rawValue) of \(scope.words)"
    }
}
