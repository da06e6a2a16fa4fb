import Foundation

/// How often values of each range come.
package struct Histogram: Chart {
    package var title: String
    package var caption: String
    package var axis: Axis
    package let edges: [Double]
    package let counts: [Int]
    /// Values that are not finite numbers.
    package let unbounded: Int

    /// - Parameter most: bins.
    package init(_ title: String, caption: String, axis: Axis, values: [Double], most: Int = 40) {
        (self.title, self.caption, self.axis) = (title, caption, axis)
        self.axis.isLogarithmic = false
        (edges, counts) = Self.bins(values, most: most)
        unbounded = values.count - counts.reduce(0, +)
    }

    /// Bins between multiples of 1, 2 or 5 times a power of ten, at most so many. A value on an edge is in the bin
    /// above it, and the greatest of all in the last.
    static func bins(_ values: [Double], most: Int) -> (edges: [Double], counts: [Int]) {
        let values = values.filter { abs($0) <= Scale.limit }
        guard let low = values.min(), let high = values.max() else { return ([], []) }
        // The bins are Scott's by number where there are few values: no more than the square root of them.
        let most = max(min(most, Int(Double(values.count).squareRoot().rounded(.up))), 1)
        guard high - low > abs(high) * 1e-12 else {
            let reach = low == 0 ? 0.5 : abs(low) * 0.05
            return ([low - reach, low + reach], [values.count])
        }
        var step = Ticks.step(high - low, most: most + 1)
        var (first, last) = (0.0, 0.0)
        repeat {
            first = (low / step).rounded(.down)
            last = max((high / step).rounded(.up), first + 1)
            if last - first > Double(most) { step = Ticks.step(step * 1.01, most: 2) } else { break }
        } while last - first > 1
        let count = Int(last - first)
        let edges = (0...count).map { (first + Double($0)) * step }
        var counts = [Int](repeating: 0, count: count)
        for value in values {
            var bin = min(max(Int(value / step - first), 0), count - 1)
            // The quotient may round across an edge.
            if value < edges[bin], bin > 0 { bin -= 1 } else if value >= edges[bin + 1], bin < count - 1 { bin += 1 }
            counts[bin] += 1
        }
        return (edges, counts)
    }

    package var remarks: [String] {
        unbounded > 0 ? ["\(unbounded) value\(unbounded == 1 ? " is" : "s are") not a finite number."] : []
    }

    package var table: DataTable {
        DataTable(
            ["\(axis.label) from", "to", "count"],
            counts.indices.map {
                [AxisText.value(edges[$0], digits: 6), AxisText.value(edges[$0 + 1], digits: 6), "\(counts[$0])"]
            })
    }

    package func drawn(width: Double) -> Canvas {
        var canvas = Canvas(width: width)
        let frame = CartesianFrame(
            width: width, x: Scale(axis, edges),
            y: { Scale(Axis("count", .count), counts.map(Double.init) + [0], endingAtTicks: $0) }, legend: [])
        frame.drawFrame(on: &canvas)
        for (bin, count) in counts.enumerated() where count > 0 {
            let (left, right) = (frame.x(edges[bin]), frame.x(edges[bin + 1]))
            let top = frame.y(Double(count))
            canvas.rectangle(
                left + 0.5, top, max(right - left - 1, 0.5), frame.bottom - top, .series(0),
                title: "\(AxisText.value(edges[bin])) to \(AxisText.value(edges[bin + 1])): \(count)")
        }
        return canvas
    }
}
