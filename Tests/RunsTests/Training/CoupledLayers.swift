import Network
import TestSupport

/// The layers that couple samples, as configs name them.
enum CoupledLayers {
    /// Registers them once for all tests.
    static let isRegistered: Bool = {
        do {
            try LayerRegistry.kinds.register({ BatchStandardizing(reading: $0) }, as: "test_standardizing")
            try LayerRegistry.kinds.register({ BatchCentering(reading: $0) }, as: "test_centering")
            return true
        } catch {
            return false
        }
    }()

    /// An assignment for `RunFixture` with both of them.
    static var layers: String {
        precondition(isRegistered)
        return """
            model.layers=[{"type": "conv2d", "filters": 3, "kernel_size": 3}, \
            {"type": "test_standardizing", "name": "norm", "momentum": 0.8}, {"type": "activation", "activation": "relu"}, \
            {"type": "flatten"}, {"type": "test_centering", "name": "centre"}, {"type": "dropout", "rate": 0.3}, \
            {"type": "dense", "units": 2, "activation": "softmax"}]
            """
    }
}
