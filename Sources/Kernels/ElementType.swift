/// The type of a tensor's elements while a network runs. What rests in files, and in memory until a worker gathers it, has
/// a `StoredType`.
public enum ElementType: String, Sendable, Hashable, CaseIterable {
    case float32
    /// Labels and tokens: they have no gradients.
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

/// Where a tensor's elements begin, under their type.
public enum TensorPointer {
    case float32(UnsafeMutablePointer<Float>)
    case int32(UnsafeMutablePointer<Int32>)

    /// - Parameter base: memory that holds such elements for as long as the pointer is used.
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

    /// - Precondition: the elements are float32.
    public var floats: UnsafeMutablePointer<Float> {
        guard case .float32(let pointer) = self else {
            preconditionFailure("a tensor of \(element) is not one of float32")
        }
        return pointer
    }

    /// - Precondition: the elements are int32.
    public var int32s: UnsafeMutablePointer<Int32> {
        guard case .int32(let pointer) = self else { preconditionFailure("a tensor of \(element) is not one of int32") }
        return pointer
    }
}
