import Kernels
import Machine

/// What is gathered of the columns of a table, in the type in which it is stored.
protocol ColumnSums<Element>: Sendable {
    associatedtype Element: BitwiseCopyable
    /// Adds rows that are as wide as there are columns; the last one may be short.
    mutating func add(_ values: UnsafePointer<Element>, count: Int)
    mutating func join(_ other: Self)
}

extension Dataset {
    /// Mean and deviation of each column of a field, of which there are `width`: the row is cut into pieces of that
    /// length, which stand below each other.
    func moments(of field: Field, width: Int) throws -> (mean: [Double], deviation: [Double]) {
        let columns = Self.columns(width)
        let count = self.count * (field.featureShape.count / width)
        func whole<T: FixedWidthInteger & BitwiseCopyable & Sendable>(_: T.Type) throws -> ([Double], [Double]) {
            try fold(field, IntegerMoments<T>(columns: columns), width).result(width: width, count: count)
        }
        func any<T: StoredNumber>(_: T.Type) throws -> ([Double], [Double]) {
            // What the first row holds is taken off everywhere, so that large numbers which differ little keep their
            // digits, and what never changes is exactly 0.
            let row = try field.features(selection, 0..<1)
            let values = row.memory.base.assumingMemoryBound(to: T.self)
            let pivot = (0..<width).map { values[$0].double }
            return try fold(field, Moments<T>(columns: columns, pivot: pivot), width).result(width: width, count: count)
        }
        switch field.featureType {
        case .uint8: return try whole(UInt8.self)
        case .int8: return try whole(Int8.self)
        case .uint16: return try whole(UInt16.self)
        case .int16: return try whole(Int16.self)
        case .uint32: return try any(UInt32.self)
        case .int32: return try any(Int32.self)
        case .uint64: return try any(UInt64.self)
        case .int64: return try any(Int64.self)
        case .float16: return try any(Float16.self)
        case .float32: return try any(Float.self)
        case .float64: return try any(Double.self)
        }
    }

    /// The least and the greatest number of each column of a field.
    func range(of field: Field, width: Int) throws -> (least: [Double], greatest: [Double]) {
        let columns = Self.columns(width)
        func range<T: StoredNumber>(_: T.Type, _ least: T, _ greatest: T) throws -> ([Double], [Double]) {
            try fold(field, Extremes<T>(columns: columns, least: least, greatest: greatest), width).result(width: width)
        }
        switch field.featureType {
        case .uint8: return try range(UInt8.self, .min, .max)
        case .int8: return try range(Int8.self, .min, .max)
        case .uint16: return try range(UInt16.self, .min, .max)
        case .int16: return try range(Int16.self, .min, .max)
        case .uint32: return try range(UInt32.self, .min, .max)
        case .int32: return try range(Int32.self, .min, .max)
        case .uint64: return try range(UInt64.self, .min, .max)
        case .int64: return try range(Int64.self, .min, .max)
        case .float16: return try range(Float16.self, -.infinity, .infinity)
        case .float32: return try range(Float.self, -.infinity, .infinity)
        case .float64: return try range(Double.self, -.infinity, .infinity)
        }
    }

    /// Few columns are repeated beside each other, so that the loops along a row are long.
    private static func columns(_ width: Int) -> Int { width * max(1, 64 / width) }

    /// Adds up all rows of a field, in parts that do not depend on the number of threads, nor on where the rows
    /// are, and that are joined in their order.
    private func fold<Sums: ColumnSums>(_ field: Field, _ empty: Sums, _ width: Int) throws -> Sums {
        let rowBytes = max(field.rowBytes, 1)
        // Each part has sums of its own, up to 48 bytes for each column, which are to stay below 256 MiB.
        let most = min(max((1 << 28) / (48 * width), 8), 256)
        let block = max((1 << 20) / rowBytes, 1)
        let part = max((count + most - 1) / most, block)
        let starts = Array(stride(from: 0, to: count, by: part))
        // Read by whole chunks, where these are larger than a block.
        let chunk = field.isInMemory ? 1 : field.parts.map { $0.reader?.blockRows ?? 1 }.max() ?? 1
        let length = min(max(block, chunk), part)
        let sums = ResultList<Sums>(starts.count)
        try inParallel(starts.count) { index in
            let end = min(starts[index] + part, count)
            var sum = empty
            for start in stride(from: starts[index], to: end, by: length) {
                let places = start..<min(start + length, end)
                let rows = try field.features(selection, places)
                // Those of a table have been seen when it was fitted.
                if !field.isInMemory, field.recipe == nil {
                    try check(field, rows, at: 0, selection, places, areWeights: false)
                }
                sum.add(
                    rows.memory.base.assumingMemoryBound(to: Sums.Element.self),
                    count: places.count * field.featureShape.count)
            }
            sums[index] = sum
        }
        return sums.all.reduce(into: empty) { $0.join($1) }
    }
}

// MARK: - Moments

/// Sums of x and x² of integers of 8 and 16 bits, which are exact.
private struct IntegerMoments<Element: FixedWidthInteger & BitwiseCopyable & Sendable>: ColumnSums {
    private var sums: [Int64]
    private var squares: [Int64]
    private var wholeSums: [Int128]
    private var wholeSquares: [Int128]
    private var rows = 0
    /// So many squares of 16 bits are below 2⁶³.
    private static var mostRows: Int { 1 << 30 }

    init(columns: Int) {
        sums = Array(repeating: 0, count: columns)
        squares = sums
        wholeSums = Array(repeating: 0, count: columns)
        wholeSquares = wholeSums
    }

    mutating func add(_ values: UnsafePointer<Element>, count: Int) {
        let columns = sums.count
        var start = 0
        while start < count {
            if rows >= Self.mostRows { flush() }
            let end = min(count, start + (Self.mostRows - rows) * columns)
            rows += (end - start + columns - 1) / columns
            sums.withUnsafeMutableBufferPointer { sums in
                squares.withUnsafeMutableBufferPointer { squares in
                    while start < end {
                        let row = values + start
                        let length = min(columns, end - start)
                        for column in 0..<length {
                            let value = Int32(truncatingIfNeeded: row[column])
                            sums[column] &+= Int64(value)
                            squares[column] &+= Int64(UInt32(bitPattern: value &* value))
                        }
                        start += length
                    }
                }
            }
        }
    }

    private mutating func flush() {
        for column in sums.indices {
            wholeSums[column] += Int128(sums[column])
            wholeSquares[column] += Int128(squares[column])
            sums[column] = 0
            squares[column] = 0
        }
        rows = 0
    }

    mutating func join(_ other: Self) {
        var other = other
        other.flush()
        flush()
        for column in wholeSums.indices {
            wholeSums[column] += other.wholeSums[column]
            wholeSquares[column] += other.wholeSquares[column]
        }
    }

    /// - Parameter count: the numbers in a column.
    func result(width: Int, count: Int) -> (mean: [Double], deviation: [Double]) {
        var whole = self
        whole.flush()
        var (sums, squares) = (Array(repeating: Int128(0), count: width), Array(repeating: Int128(0), count: width))
        for column in whole.wholeSums.indices {
            sums[column % width] += whole.wholeSums[column]
            squares[column % width] += whole.wholeSquares[column]
        }
        let mean = sums.map { Double($0) / Double(count) }
        // n·Σx² - (Σx)² is below 2¹²⁷ for fewer than 2⁴⁷ numbers.
        let deviation = zip(sums, squares).map { Double(Int128(count) * $1 - $0 * $0).squareRoot() / Double(count) }
        return (mean, deviation)
    }
}

/// Sums of x - pivot and of its square, in double precision.
private struct Moments<Element: StoredNumber>: ColumnSums {
    /// One of the column's numbers.
    private let pivot: [Double]
    private var sums: [Double]
    private var squares: [Double]

    init(columns: Int, pivot: [Double]) {
        self.pivot = (0..<columns).map { pivot[$0 % pivot.count] }
        sums = Array(repeating: 0, count: columns)
        squares = sums
    }

    mutating func add(_ values: UnsafePointer<Element>, count: Int) {
        let columns = sums.count
        pivot.withUnsafeBufferPointer { pivot in
            sums.withUnsafeMutableBufferPointer { sums in
                squares.withUnsafeMutableBufferPointer { squares in
                    for start in stride(from: 0, to: count, by: columns) {
                        let row = values + start
                        for column in 0..<min(columns, count - start) {
                            let difference = row[column].double - pivot[column]
                            sums[column] += difference
                            squares[column] += difference * difference
                        }
                    }
                }
            }
        }
    }

    mutating func join(_ other: Self) {
        for column in sums.indices {
            sums[column] += other.sums[column]
            squares[column] += other.squares[column]
        }
    }

    /// Σ(x - mean)² is Σd² - (Σd)²/n with the differences d from the pivot. Since the pivot is one of the numbers,
    /// it is at most √n deviations away from the mean, and what cancels at most n + 1 parts of which one is left.
    /// - Parameter count: the numbers in a column.
    func result(width: Int, count: Int) -> (mean: [Double], deviation: [Double]) {
        let count = Double(count)
        var (sums, squares) = (Array(repeating: 0.0, count: width), Array(repeating: 0.0, count: width))
        for column in self.sums.indices {
            sums[column % width] += self.sums[column]
            squares[column % width] += self.squares[column]
        }
        let mean = sums.indices.map { pivot[$0] + sums[$0] / count }
        let deviation = zip(sums, squares).map { sum, squares in
            let rest = squares - sum / count * sum
            // Not by `max`, which would hide a NaN.
            return rest < 0 ? 0 : (rest / count).squareRoot()
        }
        return (mean, deviation)
    }
}

// MARK: - Range

private struct Extremes<Element: StoredNumber>: ColumnSums {
    private var least: [Element]
    private var greatest: [Element]

    /// - Parameters:
    ///   - least: the least number of the type.
    ///   - greatest: its greatest.
    init(columns: Int, least: Element, greatest: Element) {
        self.least = Array(repeating: greatest, count: columns)
        self.greatest = Array(repeating: least, count: columns)
    }

    mutating func add(_ values: UnsafePointer<Element>, count: Int) {
        let columns = least.count
        least.withUnsafeMutableBufferPointer { least in
            greatest.withUnsafeMutableBufferPointer { greatest in
                for start in stride(from: 0, to: count, by: columns) {
                    let row = values + start
                    for column in 0..<min(columns, count - start) {
                        let value = row[column]
                        least[column] = value < least[column] ? value : least[column]
                        greatest[column] = value > greatest[column] ? value : greatest[column]
                    }
                }
            }
        }
    }

    mutating func join(_ other: Self) {
        for column in least.indices {
            least[column] = min(least[column], other.least[column])
            greatest[column] = max(greatest[column], other.greatest[column])
        }
    }

    func result(width: Int) -> (least: [Double], greatest: [Double]) {
        let places = (0..<width).map { stride(from: $0, to: least.count, by: width) }
        // A column beyond the numbers there are holds what it began with; the others of its kind make up for it.
        return (
            places.map { $0.map { least[$0] }.min()?.double ?? 0 },
            places.map { $0.map { greatest[$0] }.max()?.double ?? 0 }
        )
    }
}

// MARK: - Types

/// A type in which numbers are stored.
private protocol StoredNumber: BitwiseCopyable, Comparable, Sendable {
    var double: Double { get }
}

extension UInt8: StoredNumber { fileprivate var double: Double { Double(self) } }
extension Int8: StoredNumber { fileprivate var double: Double { Double(self) } }
extension UInt16: StoredNumber { fileprivate var double: Double { Double(self) } }
extension Int16: StoredNumber { fileprivate var double: Double { Double(self) } }
extension UInt32: StoredNumber { fileprivate var double: Double { Double(self) } }
extension Int32: StoredNumber { fileprivate var double: Double { Double(self) } }
extension UInt64: StoredNumber { fileprivate var double: Double { Double(self) } }
extension Int64: StoredNumber { fileprivate var double: Double { Double(self) } }
extension Float16: StoredNumber { fileprivate var double: Double { Double(self) } }
extension Float: StoredNumber { fileprivate var double: Double { Double(self) } }
extension Double: StoredNumber { fileprivate var double: Double { self } }
