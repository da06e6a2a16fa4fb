import Foundation

/// Curves in characters: in braille patterns, of 2 by 4 dots each, or in ASCII.
///
/// Where there are two, the second is solid and lies above the first, whose dots are dashed, so that they are told apart
/// without colour too.
struct CharacterChart {
    struct Line {
        var name: String
        /// Ascending.
        var x: [Double]
        /// What is not finite is a gap.
        var y: [Double]
    }

    var title: String
    /// One or two; the last is drawn above the other.
    var lines: [Line]
    /// What the horizontal axis counts.
    var unit = "epoch"
    var isUnicode: Bool

    static let least = 4

    /// The chart in so many columns and rows; rows are filled up.
    func drawn(width: Int, height: Int) -> [StyledLine] {
        var rows = [heading(width)]
        let hasAxis = height > Self.least
        let plot = height - 1 - (hasAxis ? 1 : 0)
        guard let range, plot > 0 else {
            rows.append(StyledLine("nothing to draw yet", .dim))
            return (rows + Array(repeating: StyledLine(), count: max(height - 2, 0))).prefix(height).map { $0 }
        }
        let labels = [Self.number(range.y.upperBound), Self.number(range.y.lowerBound)]
        let margin = labels.map(\.count).max().map { $0 + 1 } ?? 0
        let columns = max(width - margin - 1, 2)
        let cells = cells(columns: columns, rows: plot, range)
        for row in 0..<plot {
            let label = row == 0 ? labels[0] : row == plot - 1 ? labels[1] : ""
            let edge = StyledLine(
                String(repeating: " ", count: margin - 1 - label.count) + label + (isUnicode ? " │" : " |"), .dim)
            rows.append(edge + cells[row])
        }
        if hasAxis { rows.append(axis(range.x, margin: margin + 1, width: width)) }
        return rows
    }

    /// The title and, of two lines, how each is drawn.
    private func heading(_ width: Int) -> StyledLine {
        var line = StyledLine(title + (isLogarithmic ? ", logarithmic" : ""), .bold)
        guard lines.count > 1 else { return line.cut(to: width, isUnicode: isUnicode) }
        var legend = StyledLine()
        for index in lines.indices.reversed() {
            let sign = index > 0 ? (isUnicode ? "⠒⠒⠒" : "***") : (isUnicode ? "⠂⠐⠂" : "...")
            legend += StyledLine("  ") + StyledLine(sign, style(index)) + StyledLine(" " + lines[index].name, .dim)
        }
        if line.count + legend.count <= width { line += legend }
        return line.cut(to: width, isUnicode: isUnicode)
    }

    private func style(_ index: Int) -> Console.Style { index == lines.count - 1 ? .cyan : .yellow }

    /// Whether the vertical axis is logarithmic, since values differ by more than a hundred times.
    private var isLogarithmic: Bool {
        let values = lines.flatMap(\.y).filter(\.isFinite)
        guard let low = values.min(), let high = values.max(), low > 0 else { return false }
        return high > 100 * low
    }

    /// Of the finite points; nil where there are none. A line that is level lies in the middle.
    private var range: (x: ClosedRange<Double>, y: ClosedRange<Double>)? {
        let points = lines.flatMap { line in zip(line.x, line.y).filter { $0.1.isFinite } }
        guard let left = points.map(\.0).min(), let right = points.map(\.0).max(),
            let low = points.map(\.1).min(), let high = points.map(\.1).max()
        else { return nil }
        let room = low == high ? max(abs(low) * 0.1, 1e-9) : 0
        return (left...right, (low - room)...(high + room))
    }

    private func axis(_ range: ClosedRange<Double>, margin: Int, width: Int) -> StyledLine {
        let (first, last) = (Self.number(range.lowerBound), Self.number(range.upperBound))
        let room = width - margin
        var text = first
        if range.lowerBound < range.upperBound, room >= first.count + last.count + 1 {
            let between = room - first.count - last.count
            let middle = between >= unit.count + 2 ? unit : ""
            let left = (between - middle.count) / 2
            text +=
                String(repeating: " ", count: left) + middle
                + String(repeating: " ", count: between - middle.count - left) + last
        }
        return StyledLine(String(repeating: " ", count: margin) + text, .dim)
    }

    /// `2.303`, `12`, `1.5e-05`: four digits.
    static func number(_ value: Double) -> String {
        abs(value) >= 1e4 && abs(value) < 1e7 && value == value.rounded()
            ? String(format: "%.0f", value) : String(format: "%.4g", value)
    }

    // MARK: - Dots

    /// Which line owns each dot.
    private struct Grid {
        let width, height: Int
        var owners: [UInt8]

        init(width: Int, height: Int) {
            (self.width, self.height) = (width, height)
            owners = [UInt8](repeating: 0, count: width * height)
        }

        mutating func set(_ x: Int, _ y: Int, _ owner: UInt8) {
            if x >= 0, x < width, y >= 0, y < height { owners[y * width + x] = max(owners[y * width + x], owner) }
        }
    }

    private func cells(
        columns: Int, rows: Int, _ range: (x: ClosedRange<Double>, y: ClosedRange<Double>)
    ) -> [StyledLine] {
        let (across, down) = isUnicode ? (2, 4) : (1, 1)
        var grid = Grid(width: columns * across, height: rows * down)
        for (index, line) in lines.enumerated() {
            draw(line, owner: UInt8(index + 1), isDashed: isUnicode && index < lines.count - 1, range, in: &grid)
        }
        return (0..<rows).map { row in
            var line = StyledLine()
            var (run, owner) = ("", UInt8(0))
            for column in 0..<columns {
                var (pattern, top) = (UInt32(0), UInt8(0))
                for y in 0..<down {
                    for x in 0..<across {
                        let own = grid.owners[(row * down + y) * grid.width + column * across + x]
                        if own > 0 { pattern |= Self.bits[y][x] }
                        top = max(top, own)
                    }
                }
                if top != owner {
                    line += StyledLine(run, owner == 0 ? .plain : style(Int(owner) - 1))
                    (run, owner) = ("", top)
                }
                run.append(character(pattern, top))
            }
            return owner == 0 ? line : line + StyledLine(run, style(Int(owner) - 1))
        }
    }

    /// Of the braille patterns, by row and column of a dot (https://www.unicode.org/charts/PDF/U2800.pdf).
    private static let bits: [[UInt32]] = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]]

    private func character(_ pattern: UInt32, _ owner: UInt8) -> Character {
        guard owner > 0 else { return " " }
        if isUnicode { return Unicode.Scalar(0x2800 + pattern).map(Character.init) ?? " " }
        return Int(owner) == lines.count ? "*" : "."
    }

    /// Straight from point to point; of many points in one column each is drawn, so that no spike is lost.
    private func draw(
        _ line: Line, owner: UInt8, isDashed: Bool, _ range: (x: ClosedRange<Double>, y: ClosedRange<Double>),
        in grid: inout Grid
    ) {
        func place(_ value: Double, _ bounds: ClosedRange<Double>, _ count: Int) -> Int {
            let size = bounds.upperBound - bounds.lowerBound
            return size > 0 ? Int(((value - bounds.lowerBound) / size * Double(count - 1)).rounded()) : 0
        }
        let isLogarithmic = isLogarithmic
        func scaled(_ value: Double) -> Double { isLogarithmic ? log(value) : value }
        let heights = scaled(range.y.lowerBound)...scaled(range.y.upperBound)
        var last: (x: Int, y: Int)?
        var travelled = 0
        for (x, y) in zip(line.x, line.y) {
            guard y.isFinite else {
                last = nil
                continue
            }
            let point = (
                x: place(x, range.x, grid.width), y: grid.height - 1 - place(scaled(y), heights, grid.height)
            )
            let from = last ?? point
            let steps = max(abs(point.x - from.x), abs(point.y - from.y))
            for step in 0...max(steps, 0) where steps == 0 || step > 0 || last == nil {
                let share = steps == 0 ? 0 : Double(step) / Double(steps)
                let at = (
                    from.x + Int((Double(point.x - from.x) * share).rounded()),
                    from.y + Int((Double(point.y - from.y) * share).rounded())
                )
                if steps > 0 { travelled += 1 }
                if !isDashed || travelled % 4 < 2 { grid.set(at.0, at.1, owner) }
            }
            last = point
        }
    }
}
