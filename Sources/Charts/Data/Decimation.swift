/// Fewer points that draw the same line.
package enum Decimation {
    /// The most points that a line is drawn with.
    package static let most = 1000

    /// Which points of a line are drawn: all of up to `most`; of more the lowest and the highest of each of `columns` columns
    /// of equal width, so that no spike is lost, and the first and the last. (The columns' minima and maxima are what M4 of
    /// Jugel et al., VLDB 2014, keeps of each pixel's column, without its first and last.)
    /// - Parameters:
    ///   - x: ascending, as positions on the axis.
    ///   - y: what isn't finite is never among them.
    /// - Returns: their places, ascending; `most` at most, and twice the columns and two.
    package static func indices(x: [Double], y: [Double], columns: Int) -> [Int] {
        let finite = y.indices.filter { x[$0].isFinite && y[$0].isFinite }
        let columns = min(max(columns, 1), most / 2 - 1)
        guard finite.count > 2 * columns + 2, let first = finite.first, let last = finite.last else { return finite }
        var chosen = [first]
        var (column, low, high) = (-1, first, first)
        func finish() {
            for index in [min(low, high), max(low, high)] where index > chosen[chosen.count - 1] {
                chosen.append(index)
            }
        }
        for index in finite {
            let own = self.column(x[index], x[first], x[last], columns)
            if own != column {
                if column >= 0 { finish() }
                (column, low, high) = (own, index, index)
            } else {
                if y[index] < y[low] { low = index }
                if y[index] > y[high] { high = index }
            }
        }
        finish()
        if chosen[chosen.count - 1] != last { chosen.append(last) }
        return chosen
    }

    /// The column that a position falls into.
    static func column(_ x: Double, _ first: Double, _ last: Double, _ columns: Int) -> Int {
        guard last > first else { return 0 }
        return min(Int((x - first) / (last - first) * Double(columns)), columns - 1)
    }
}
