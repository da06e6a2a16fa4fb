/// `data.normalize`: how inputs are scaled before they reach the model.
///
/// What a number becomes is (x - offset)·scale; offset and scale are fitted to the training split, or given.
public struct Normalization: Sendable, Hashable {
    public enum Kind: String, Sendable, CaseIterable {
        case none
        /// (x - mean) / deviation.
        case standardize
        /// (x - min) / (max - min): 0 to 1 over the training split.
        case minMax = "min_max"
        /// x / max│x│.
        case scale
        /// Offset and scale as they are given.
        case constants
    }

    /// Which numbers of a row share an offset and a scale.
    public enum Scope: String, Sendable, CaseIterable {
        /// Each entry of the last axis has its own: a feature of a table, a channel of an image.
        case channel
        /// Each number of a row has its own: for images a mean image.
        case feature
        /// One for all.
        case all
    }

    public let kind: Kind
    public let scope: Scope
    /// What is given for `constants`: one number, one for each entry of the last axis or one for each number of a row.
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

    /// (x - offset)·scale. Whether the lists fit is known when the shape of the rows is.
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
