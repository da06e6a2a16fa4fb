import Preparation

/// Shows how far the making of a dataset is: on a terminal a bar with the rate, elsewhere nothing.
final class RateDisplay {
    private let label: String
    private let isInteractive = Terminal.output.isInteractive
    private let start = ContinuousClock.now
    private var lastDrawing: ContinuousClock.Instant
    private var isDrawn = false
    private var total: Int

    /// - Parameter total: what is to be done, for a progress that does not say it; 0 where it is not known.
    init(_ label: String, _ total: Int = 0) {
        self.label = label
        self.total = total
        lastDrawing = start
    }

    /// Draws again, ten times a second at most.
    func update(_ progress: PreparationProgress) {
        guard isInteractive else { return }
        let now = ContinuousClock.now
        guard !isDrawn || now - lastDrawing >= .milliseconds(100) else { return }
        lastDrawing = now
        isDrawn = true
        let text = RateText(isUnicode: Terminal.output.isUnicode).line(
            label, done: progress.done, total: progress.total > 0 ? progress.total : total, rows: progress.rows,
            elapsed: (now - start) / .seconds(1), width: Terminal.output.columns ?? 80)
        Console.write("\r\(text)\u{1B}[K")
    }

    /// Takes the bar away. To be called where the work fails, too.
    func finish() {
        if isDrawn { Console.write("\r\u{1B}[K") }
        isDrawn = false
    }

    /// The seconds since the beginning.
    var elapsed: Double { (ContinuousClock.now - start) / .seconds(1) }
}
