import Interchange
import Kernels
import Network

/// All that a run is at a step's boundary.
package struct Checkpoint: Sendable {
    /// With the resolved config of the run.
    package var model: TrainedModel
    /// `moment_1` and its like, laid out as the trained parameters, and `best`, laid out as all of them.
    package var vectors: [String: AlignedMemory]
    /// Kept exactly; NaN and infinities too. `step` and `epoch` among the integers are shown by `stormo verify`.
    package var numbers: [String: [Double]]
    package var integers: [String: [Int]]

    package init(
        model: TrainedModel, vectors: [String: AlignedMemory] = [:], numbers: [String: [Double]] = [:],
        integers: [String: [Int]] = [:]
    ) {
        self.model = model
        self.vectors = vectors
        self.numbers = numbers
        self.integers = integers
    }

    /// The floats of one of the vectors.
    static func length(ofVector name: String, in layout: ParameterLayout) -> Int {
        name == "best" ? layout.count : layout.trained.count
    }
}
