internal import HDF5

/// How often each whole number occurs in a dataset of one number a row, and in which order.
package struct LabelHistogram: Sendable, Hashable {
    /// More different values than this are no classes.
    package static let mostValues = 1000

    /// The values that occur, ascending.
    package private(set) var values: [Int] = []
    /// How often, in the order of `values`.
    package private(set) var counts: [Int] = []
    package private(set) var rows = 0
    /// How often a row's value differs from that of the row before.
    package private(set) var changes = 0
    /// Whether no value is smaller than the one before, or none larger.
    package var isSorted: Bool { values.count > 1 && (rises == 0 || falls == 0) }
    /// Whether the rows of a class lie together, or nearly so.
    package var isGrouped: Bool { values.count > 1 && rows >= 10 * values.count && changes < 2 * values.count }
    /// How many times as frequent the most frequent value is as the rarest.
    package var imbalance: Double { Double(counts.max() ?? 1) / Double(max(counts.min() ?? 1, 1)) }

    private var rises = 0
    private var falls = 0

    /// Counts the values of a dataset; nil where one is no whole number, or they are too many.
    init?(_ source: RowSource) throws {
        struct Count: Sendable {
            var small = [Int](repeating: 0, count: 1024)
            var others: [Int: Int] = [:]
            var last: Int?
            var (changes, rises, falls) = (0, 0, 0)
            var isWhole = true

            @inline(__always)
            mutating func add(_ value: Int) {
                if (0..<1024).contains(value) {
                    small[value] += 1
                } else {
                    others[value, default: 0] += 1
                    if others.count > LabelHistogram.mostValues { isWhole = false }
                }
                if let last, last != value {
                    changes += 1
                    if last < value { rises += 1 } else { falls += 1 }
                }
                last = value
            }

            mutating func add<T: BinaryInteger>(integers values: UnsafePointer<T>, _ count: Int) {
                for index in 0..<count where isWhole {
                    if let value = Int(exactly: values[index]) { add(value) } else { isWhole = false }
                }
            }

            mutating func add<T: BinaryFloatingPoint>(floats values: UnsafePointer<T>, _ count: Int) {
                for index in 0..<count where isWhole {
                    if let value = Int(exactly: values[index]) { add(value) } else { isWhole = false }
                }
            }
        }
        guard source.width == 1, source.rows > 0 else { return nil }
        let type = source.type
        // One worker, since the order counts.
        let states = try source.scan(workers: 1, make: { Count() }) { count, rows, memory in
            guard count.isWhole else { return }
            switch type {
            case .uint8: count.add(integers: memory.assumingMemoryBound(to: UInt8.self), rows.count)
            case .int8: count.add(integers: memory.assumingMemoryBound(to: Int8.self), rows.count)
            case .uint16: count.add(integers: memory.assumingMemoryBound(to: UInt16.self), rows.count)
            case .int16: count.add(integers: memory.assumingMemoryBound(to: Int16.self), rows.count)
            case .uint32: count.add(integers: memory.assumingMemoryBound(to: UInt32.self), rows.count)
            case .int32: count.add(integers: memory.assumingMemoryBound(to: Int32.self), rows.count)
            case .uint64: count.add(integers: memory.assumingMemoryBound(to: UInt64.self), rows.count)
            case .int64: count.add(integers: memory.assumingMemoryBound(to: Int64.self), rows.count)
            case .float16: count.add(floats: memory.assumingMemoryBound(to: Float16.self), rows.count)
            case .float32: count.add(floats: memory.assumingMemoryBound(to: Float.self), rows.count)
            case .float64: count.add(floats: memory.assumingMemoryBound(to: Double.self), rows.count)
            }
        }
        guard let count = states.first, count.isWhole else { return nil }
        var all = count.others
        for (value, times) in count.small.enumerated() where times > 0 { all[value] = times }
        guard all.count <= Self.mostValues else { return nil }
        for (value, times) in all.sorted(by: { $0.key < $1.key }) {
            values.append(value)
            counts.append(times)
        }
        rows = source.rows
        (changes, rises, falls) = (count.changes, count.rises, count.falls)
    }
}
