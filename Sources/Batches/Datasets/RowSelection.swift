/// Which rows of an array a split consists of: all, or some in ascending order.
package struct RowSelection: Sendable, Hashable {
    package let count: Int
    /// Nil for all.
    package let rows: [Int64]?

    init(all count: Int) {
        self.count = count
        rows = nil
    }

    /// - Parameter rows: in ascending order, none twice.
    init(_ rows: [Int64]) {
        count = rows.count
        self.rows = rows
    }

    /// The row at a place in the selection.
    @inline(__always)
    package subscript(position: Int) -> Int { rows.map { Int($0[position]) } ?? position }

    /// The places in the selection of some of its rows.
    func places(of part: RowSelection) -> [Int] {
        var place = 0
        // Both are in ascending order.
        return (0..<part.count).map { index in
            while self[place] != part[index] { place += 1 }
            return place
        }
    }

    /// The places in the selection whose rows lie in a range.
    func positions(in range: Range<Int>) -> Range<Int> {
        guard rows != nil else { return range.clamped(to: 0..<count) }
        return firstPosition(at: range.lowerBound)..<firstPosition(at: range.upperBound)
    }

    /// The place of the first row that is not below the given one.
    private func firstPosition(at row: Int) -> Int {
        guard let rows else { return min(row, count) }
        var (low, high) = (0, rows.count)
        while low < high {
            let middle = (low + high) / 2
            if rows[middle] < Int64(row) { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
