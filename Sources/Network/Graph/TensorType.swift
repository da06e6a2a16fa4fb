public import Kernels

/// The type of a tensor in a graph: the shape of one sample, the type of its elements, and whether there is a tensor
/// for each sample (batched) or one for all.
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

    /// The number of elements for a number of samples.
    public func count(samples: Int) -> Int { isBatched ? samples * shape.count : shape.count }

    /// What they take in memory.
    func byteCount(samples: Int) -> Int { count(samples: samples) * element.byteCount }

    /// The number of rows for a number of samples. A row is a vector along the last dimension.
    public func rows(samples: Int) -> Int { shape.last == 0 ? 0 : count(samples: samples) / shape.last }

    /// `batch×8×8×1`, or `8×8×1` for a tensor that is not batched; `batch×8 of int32` for integers.
    public var description: String {
        let dimensions = isBatched ? (shape.rank == 0 ? "batch" : "batch×\(shape)") : shape.description
        return element == .float32 ? dimensions : "\(dimensions) of \(element)"
    }
}
