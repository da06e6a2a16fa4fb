internal import HDF5
internal import Kernels

/// The rows of a dataset by their hashes, to find those that occur twice.
///
/// Takes 16 bytes a row. Hits are verified by their bytes, the first hundred of them; with hashes of 64 bits, further
/// ones are as good as certain.
struct RowIndex: Sendable {
    struct Entry: Sendable {
        var hash: UInt64
        var row: Int
    }

    let source: RowSource
    /// Sorted by hash, then by row.
    private let entries: [Entry]
    private static let mostVerified = 100

    /// - Parameter hashes: one for each row of the source, in order.
    init(_ source: RowSource, hashes: [UInt64]) {
        self.source = source
        var entries = hashes.enumerated().map { Entry(hash: $1, row: $0) }
        entries.sort { $0.hash != $1.hash ? $0.hash < $1.hash : $0.row < $1.row }
        self.entries = entries
    }

    /// Rows that are equal to an earlier one, and the first such with the one that it repeats.
    func duplicates() throws -> RepeatedRows? {
        var count = 0
        var first: (row: Int, earlier: Int)?
        var comparison = try Comparison(source, source)
        var start = 0
        while start < entries.count {
            var end = start + 1
            while end < entries.count, entries[end].hash == entries[start].hash {
                if try comparison.confirms(entries[start].row, entries[end].row) {
                    count += 1
                    if first.map({ $0.row > entries[end].row }) ?? true {
                        first = (entries[end].row, entries[start].row)
                    }
                }
                end += 1
            }
            start = end
        }
        return first.map { RepeatedRows(count: count, row: $0.row, of: $0.earlier) }
    }

    /// Rows of this dataset that are also in another one, and the first such with the row of the other.
    func shared(with other: RowIndex) throws -> RepeatedRows? {
        var count = 0
        var first: (row: Int, other: Int)?
        var comparison = try Comparison(source, other.source)
        var position = 0
        for entry in entries {
            while position < other.entries.count, other.entries[position].hash < entry.hash { position += 1 }
            guard position < other.entries.count else { break }
            let match = other.entries[position]
            guard match.hash == entry.hash, try comparison.confirms(entry.row, match.row) else { continue }
            count += 1
            if first.map({ $0.row > entry.row }) ?? true { first = (entry.row, match.row) }
        }
        return first.map { RepeatedRows(count: count, row: $0.row, of: $0.other) }
    }

    /// Compares rows by their bytes.
    private struct Comparison {
        private let (one, two): (RowSource, RowSource)
        private let (left, right): (AlignedMemory, AlignedMemory)
        private var verified = 0

        init(_ one: RowSource, _ two: RowSource) throws {
            (self.one, self.two) = (one, two)
            left = try AlignedMemory(byteCount: one.rowBytes)
            right = try AlignedMemory(byteCount: two.rowBytes)
        }

        mutating func confirms(_ row: Int, _ other: Int) throws -> Bool {
            guard verified < RowIndex.mostVerified else { return true }
            verified += 1
            try one.read(row..<row + 1, into: left.base)
            try two.read(other..<other + 1, into: right.base)
            let bytes = UnsafeRawBufferPointer(start: left.base, count: one.rowBytes)
            return bytes.elementsEqual(UnsafeRawBufferPointer(start: right.base, count: two.rowBytes))
        }
    }
}

/// Rows that occur elsewhere as well.
package struct RepeatedRows: Sendable, Hashable {
    package let count: Int
    /// The first such row.
    package let row: Int
    /// The row that it repeats.
    package let of: Int
}
