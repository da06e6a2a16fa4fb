public import Kernels

/// What is known of an edge of the graph before any number flows: the shape of one sample, the type of its elements, and
/// whether there is one tensor for each sample or one for all.
public struct TensorType: Hashable, Sendable, CustomStringConvertible {
    public var shape: Shape
    public var isBatched: Bool
    public var element: ElementType

    public init(_ shape: Shape, isBatched: Bool, element: ElementType = .float32) {
        self.shape = shape
        self.isBatched = isBatched
        self.element = element
    }

    public static func batched(_ shape: Shape, _ element: ElementType = .float32) -> TensorType {
        TensorType(shape, isBatched: true, element: element)
    }
    public static func single(_ shape: Shape, _ element: ElementType = .float32) -> TensorType {
        TensorType(shape, isBatched: false, element: element)
    }

    /// The number of elements for so many samples.
    public func count(samples: Int) -> Int { isBatched ? samples * shape.count : shape.count }

    /// What they take in memory.
    func byteCount(samples: Int) -> Int { count(samples: samples) * element.byteCount }

    /// The rows of the last dimension for so many samples.
    public func rows(samples: Int) -> Int { shape.last == 0 ? 0 : count(samples: samples) / shape.last }

    /// `batch×8×8×1`, or the bare shape of what is not batched; `batch×8 of int32` for what are no floats.
    public var description: String {
        let dimensions = isBatched ? (shape.rank == 0 ? "batch" : "batch×\(shape)") : shape.description
        return element == .float32 ? dimensions : "\(dimensions) of \(element)"
    }
}
