public import Kernels

/// What is known of an edge of the graph before any number flows: the shape of one sample, and whether there is
/// one tensor for each sample or one for all.
public struct TensorType: Hashable, Sendable, CustomStringConvertible {
    public var shape: Shape
    public var isBatched: Bool

    public init(_ shape: Shape, isBatched: Bool) {
        self.shape = shape
        self.isBatched = isBatched
    }

    public static func batched(_ shape: Shape) -> TensorType { TensorType(shape, isBatched: true) }
    public static func single(_ shape: Shape) -> TensorType { TensorType(shape, isBatched: false) }

    /// The number of elements for so many samples.
    public func count(samples: Int) -> Int { isBatched ? samples * shape.count : shape.count }

    /// The rows of the last dimension for so many samples.
    public func rows(samples: Int) -> Int { shape.last == 0 ? 0 : count(samples: samples) / shape.last }

    /// `batch×8×8×1`, or the bare shape of what is not batched.
    public var description: String {
        guard isBatched else { return shape.description }
        return shape.rank == 0 ? "batch" : "batch×\(shape)"
    }
}
