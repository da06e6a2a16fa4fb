/// The dimensions of a tensor. Tensors are row-major: the last dimension varies fastest.
///
/// The shapes in a network are those of *one sample*. The number of samples is given separately.
public struct Shape: Hashable, Sendable, ExpressibleByArrayLiteral, CustomStringConvertible {
    public var dimensions: [Int] { didSet { count = Self.product(dimensions) } }

    /// The number of elements, the product of the dimensions: 1 for a scalar, `Int.max` where the product overflows.
    public private(set) var count: Int

    public init(_ dimensions: [Int]) {
        self.dimensions = dimensions
        count = Self.product(dimensions)
    }

    // A config may ask for any size; whether it is too large is said where the tensor's name is known.
    private static func product(_ dimensions: [Int]) -> Int {
        dimensions.reduce(1) { product, dimension in
            let (next, overflows) = product.multipliedReportingOverflow(by: dimension)
            return overflows ? .max : next
        }
    }

    public init(arrayLiteral elements: Int...) { self.init(elements) }

    /// The shape of a single number: no dimensions.
    public static let scalar = Shape([])

    public var rank: Int { dimensions.count }

    public subscript(axis: Int) -> Int { dimensions[axis] }

    /// The last dimension; 1 for a scalar.
    public var last: Int { dimensions.last ?? 1 }

    /// `8×8×1`, or `scalar`.
    public var description: String {
        dimensions.isEmpty ? "scalar" : dimensions.map(String.init).joined(separator: "×")
    }
}
