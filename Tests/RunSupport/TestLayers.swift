import Network
import TestSupport

/// The layers of the tests, as configs and model files name them.
package enum TestLayers {
    /// Registers them once for all tests.
    package static let areRegistered: Bool = {
        do {
            try LayerRegistry.kinds.register({ BatchStandardizing(reading: $0) }, as: "test_standardizing")
            try LayerRegistry.kinds.register({ BatchCentering(reading: $0) }, as: "test_centering")
            try LayerRegistry.kinds.register({ Lookup(reading: $0) }, as: "lookup")
            return true
        } catch {
            return false
        }
    }()

    /// An assignment for a config of images, with both layers that couple samples.
    package static func coupled(classes: Int = 2) -> String {
        precondition(areRegistered)
        return """
            model.layers=[{"type": "conv2d", "filters": 3, "kernel_size": 3}, \
            {"type": "test_standardizing", "name": "norm", "momentum": 0.8}, {"type": "activation", "activation": "relu"}, \
            {"type": "flatten"}, {"type": "test_centering", "name": "centre"}, {"type": "dropout", "rate": 0.3}, \
            {"type": "dense", "units": \(classes), "activation": "softmax"}]
            """
    }
}
