/// The extents of a tensor, the slowest varying first.
///
/// The shapes of a network are those of *one sample*; how many samples stand together is told apart from them.
public struct Shape: Hashable, Sendable, ExpressibleByArrayLiteral, CustomStringConvertible {
    public var dimensions: [Int] { didSet { count = dimensions.reduce(1, *) } }

    /// The product of the dimensions: 1 for a scalar.
    public private(set) var count: Int

    public init(_ dimensions: [Int]) {
        self.dimensions = dimensions
        count = dimensions.reduce(1, *)
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
