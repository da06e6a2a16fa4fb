internal import Kernels

/// What kinds of data can be made up.
package enum SyntheticKind: String, Sendable, CaseIterable {
    /// Clouds around one centre for each class.
    case blobs
    /// Arms that wind around each other.
    case spirals
    /// Two half circles that reach into each other.
    case moons
    /// Gratings whose direction and width tell the class, in bytes.
    case images
    /// A smooth function of some features.
    case regression
    /// Waves whose frequency tells the class.
    case sequences

    package var isClassification: Bool { self != .regression }

    var usualNoise: Float {
        switch self {
        case .blobs, .moons, .regression: 0.1
        case .spirals: 0.2
        case .images: 0.25
        case .sequences: 0.3
        }
    }

    var usualClasses: Int {
        switch self {
        case .blobs, .spirals: 3
        case .moons: 2
        case .images: 10
        case .sequences: 4
        case .regression: 0
        }
    }

    var usualShape: Shape {
        switch self {
        case .blobs, .spirals, .moons: [2]
        case .images: [28, 28, 1]
        case .regression: [8]
        case .sequences: [64, 1]
        }
    }
}
