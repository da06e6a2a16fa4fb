import Kernels

extension Field {
    /// Rows of numbers from a program, one array for each sample.
    /// - Parameters:
    ///   - shape: of one row; a vector of as many numbers as the first row has unless given.
    ///   - name: what messages call the rows.
    /// - Throws: `DataError` where the rows differ in length, `KernelError.outOfMemory`.
    package init(_ rows: [[Float]], shape: Shape? = nil, name: String = "the rows") throws {
        let shape = shape ?? [rows.first?.count ?? 0]
        try Self.check(rows, shape, name)
        self.init(try StoredTensor(rows, rowShape: shape), place: name)
    }

    /// Rows of integers from a program, such as the tokens or the labels of each sample's positions.
    /// - Throws: `DataError` where the rows differ in length, or for an integer beyond 32 bits; `KernelError.outOfMemory`.
    package init(integers rows: [[some BinaryInteger]], shape: Shape? = nil, name: String = "the rows") throws {
        let shape = shape ?? [rows.first?.count ?? 0]
        try Self.check(rows, shape, name)
        self.init(try StoredTensor(integers: Self.int32s(rows, name), rowShape: shape), place: name)
    }

    /// One label for each sample.
    /// - Throws: `DataError` for a label beyond 32 bits, `KernelError.outOfMemory`.
    package init(labels: [some BinaryInteger], name: String = "the labels") throws {
        self.init(try StoredTensor(integers: Self.int32s(labels.map { [$0] }, name), rowShape: .scalar), place: name)
    }

    private static func check<T>(_ rows: [[T]], _ shape: Shape, _ name: String) throws(DataError) {
        try check(rows.map(\.count), shape, name)
    }

    /// - Parameter counts: how many numbers each row has.
    static func check(_ counts: [Int], _ shape: Shape, _ name: String) throws(DataError) {
        guard counts.isEmpty || shape.dimensions.allSatisfy({ $0 > 0 }) else {
            throw DataError("\(name): the rows have no elements, since their shape is \(shape)")
        }
        if let row = counts.firstIndex(where: { $0 != shape.count }) {
            throw DataError("\(name): row \(row) has \(counts[row]) numbers, but should have \(shape.count)")
        }
    }

    private static func int32s(_ rows: [[some BinaryInteger]], _ name: String) throws(DataError) -> [[Int32]] {
        var result: [[Int32]] = []
        result.reserveCapacity(rows.count)
        for (row, values) in rows.enumerated() {
            var integers: [Int32] = []
            for (element, value) in values.enumerated() {
                guard let integer = Int32(exactly: value) else {
                    throw DataError(
                        "\(name): row \(row), element \(element) is \(value), which is no integer of 32 bits, from "
                            + "\(Int32.min) to \(Int32.max)")
                }
                integers.append(integer)
            }
            result.append(integers)
        }
        return result
    }
}
