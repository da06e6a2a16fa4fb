import Interchange
import Kernels

/// All that a run is at a step's boundary.
public struct Checkpoint: Sendable {
    /// With the resolved config of the run.
    public var model: TrainedModel
    /// Such as `moment_1` and `best`: each of the parameters' layout, `objective.layout.count` floats.
    public var vectors: [String: AlignedMemory]
    /// Kept exactly; NaN and infinities too. `step` and `epoch` among the integers are shown by `stormo verify`.
    public var numbers: [String: [Double]]
    public var integers: [String: [Int]]

    public init(
        model: TrainedModel, vectors: [String: AlignedMemory] = [:], numbers: [String: [Double]] = [:],
        integers: [String: [Int]] = [:]
    ) {
        self.model = model
        self.vectors = vectors
        self.numbers = numbers
        self.integers = integers
    }
}
