/// Labels of marks above a chart's field, in lanes so that none meets another.
struct MarkLanes: Sendable {
    private struct Placed: Sendable {
        let x: Double
        let mark: Mark
        let lane: Int
        /// Of its label, with its line.
        let left, right: Double
        let isRight: Bool
    }

    private var placed: [Placed] = []
    /// Those for whose labels no lane had room; a pointer that rests on them shows what they are.
    private var unlabelled: [(x: Double, mark: Mark)] = []
    private(set) var lanes = 0
    private let width: Double

    static let most = 4
    var height: Double { Double(lanes) * Canvas.lineHeight }

    /// - Parameter marks: with their horizontal positions.
    init(_ marks: [(x: Double, mark: Mark)], width: Double) {
        self.width = width
        // From the right: a label to the right of its line then mostly stands above those that it would meet.
        for (x, mark) in marks.sorted(by: { $0.x > $1.x }) {
            let own = min(TextWidth.of(mark.label, size: Canvas.fontSize), width * 0.6)
            // To the right of its line, or where that would leave the chart to the left.
            let isRight = x + 5 + own <= width - 1
            let (left, right) = isRight ? (x - 5, x + 5 + own) : (x - 5 - own, x + 5)
            let free = (0..<Self.most).filter { lane in
                left >= 0
                    && placed.allSatisfy { $0.lane != lane || $0.right + 8 <= left || right + 8 <= $0.left }
            }
            // A line runs down through the lanes below its label: best where it crosses no text there.
            let lane =
                free.first { lane in
                    placed.allSatisfy { other in
                        other.lane < lane
                            ? x < other.left || x > other.right
                            : other.lane == lane || other.x < left || other.x > right
                    }
                } ?? free.first
            if let lane {
                placed.append(Placed(x: x, mark: mark, lane: lane, left: left, right: right, isRight: isRight))
            } else {
                unlabelled.append((x, mark))
            }
        }
        lanes = (placed.map(\.lane).max() ?? -1) + 1
    }

    /// - Parameters:
    ///   - top: where the lanes begin.
    ///   - bottom: where the marks' lines end.
    func draw(on canvas: inout Canvas, from top: Double, to bottom: Double) {
        for (x, mark) in unlabelled {
            let begin = top + height + 6
            draw(mark, x, begin, bottom, on: &canvas)
            // What the pointer meets, as wide as a hand can hit.
            canvas.rectangle(x - 4, begin, 8, bottom - begin, .paper, opacity: 0, title: mark.label)
        }
        /// The first lane is the lowest.
        func baseline(_ lane: Int) -> Double { top + Double(lanes - 1 - lane) * Canvas.lineHeight + 14 }
        for item in placed { draw(item.mark, item.x, baseline(item.lane) - 9, bottom, on: &canvas) }
        for item in placed {
            let y = baseline(item.lane)
            let (left, right) = item.isRight ? (item.left + 7, item.right) : (item.left, item.right - 7)
            canvas.rectangle(left, y - 11, right - left, 14, .paper)
            canvas.text(
                item.mark.label, item.x + (item.isRight ? 5 : -5), y, item.isRight ? .start : .end,
                item.mark.kind == .warning ? .warning : .ink, limit: width * 0.6)
        }
    }

    private func draw(_ mark: Mark, _ x: Double, _ top: Double, _ bottom: Double, on canvas: inout Canvas) {
        let paint: Paint = mark.kind == .warning ? .warning : .quiet
        canvas.line(x, top, x, bottom, paint, dashes: mark.kind == .warning ? "2 3" : "5 3")
        if mark.kind == .warning { canvas.marker(.triangle, x, bottom - 5, paint, size: 4) }
    }
}
