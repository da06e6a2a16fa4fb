/// The extents of a tensor, the slowest varying first.
///
/// The shapes of a network are those of *one sample*; how many samples stand together is told apart from them.
public struct Shape: Hashable, Sendable, ExpressibleByArrayLiteral, CustomStringConvertible {
    public var dimensions: [Int] { didSet { count = Self.product(dimensions) } }

    /// The product of the dimensions: 1 for a scalar, `Int.max` where it does not fit.
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

    /// One number: no dimensions.
    public static let scalar = Shape([])

    public var rank: Int { dimensions.count }

    public subscript(axis: Int) -> Int { dimensions[axis] }

    public var last: Int { dimensions.last ?? 1 }

    /// `8×8×1`, or `scalar`.
    public var description: String {
        dimensions.isEmpty ? "scalar" : dimensions.map(String.init).joined(separator: "×")
    }
}
