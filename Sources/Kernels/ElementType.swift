/// The type of a tensor's elements in a network. The elements of a data set have a `StoredType` until they are read
/// into a batch.
public enum ElementType: String, Sendable, Hashable, CaseIterable {
    case float32
    /// For labels and tokens, which have no gradients.
    case int32

    public var byteCount: Int {
        switch self {
        case .float32: MemoryLayout<Float>.stride
        case .int32: MemoryLayout<Int32>.stride
        }
    }

    /// Whether gradients exist with respect to such elements.
    public var isDifferentiable: Bool {
        switch self {
        case .float32: true
        case .int32: false
        }
    }
}

/// A pointer to the first element of a tensor, with the element type.
public enum TensorPointer {
    case float32(UnsafeMutablePointer<Float>)
    case int32(UnsafeMutablePointer<Int32>)

    /// - Parameter base: memory that holds elements of this type for as long as the pointer is used.
    public init(_ base: UnsafeMutableRawPointer, _ element: ElementType) {
        switch element {
        case .float32: self = .float32(base.assumingMemoryBound(to: Float.self))
        case .int32: self = .int32(base.assumingMemoryBound(to: Int32.self))
        }
    }

    public var element: ElementType {
        switch self {
        case .float32: .float32
        case .int32: .int32
        }
    }

    /// The pointer to float32 elements.
    /// - Precondition: the elements are float32.
    public var floats: UnsafeMutablePointer<Float> {
        guard case .float32(let pointer) = self else {
            preconditionFailure("a tensor of \(element) is not one of float32")
        }
        return pointer
    }

    /// The pointer to int32 elements.
    /// - Precondition: the elements are int32.
    public var int32s: UnsafeMutablePointer<Int32> {
        guard case .int32(let pointer) = self else { preconditionFailure("a tensor of \(element) is not one of int32") }
        return pointer
    }
}
