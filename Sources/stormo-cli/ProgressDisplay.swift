import Engine
import Metrics
import Runs
import Synchronization

/// What shows a training to who started it.
protocol TrainDisplay: TrainingObserver {
    /// Takes away what is drawn; to be called once the training is over, however it ends.
    func finish()
}

/// Shows a training as it goes: a line an epoch, and on a terminal a bar below them.
final class ProgressDisplay: TrainDisplay {
    private let epochs: Int
    private let text: ProgressText
    private let isQuiet: Bool
    private let isInteractive = Terminal.output.isInteractive
    private let start = ContinuousClock.now
    private let state: Mutex<State>

    private struct State {
        var lastDrawing: ContinuousClock.Instant
        var bar: ProgressText.Moment
        var isDrawn = false
        /// Where the run stood when this process first saw it, as one that is gone on with.
        var first: (fraction: Double, elapsed: Double)?
        /// How often each warning came.
        var warnings: [String: Int] = [:]
    }

    init(epochs: Int, figures: [any Figure], isQuiet: Bool) {
        self.epochs = epochs
        self.isQuiet = isQuiet
        text = ProgressText(epochs: epochs, figures: figures.map(\.name), isUnicode: Terminal.output.isUnicode)
        state = Mutex(State(lastDrawing: start, bar: .init(epoch: 1, fraction: 0)))
    }

    func progressed(_ progress: StepProgress) {
        guard isInteractive, !isQuiet else { return }
        state.withLock { state in
            let share = Double(progress.step) / Double(max(progress.stepsPerEpoch, 1))
            state.bar = ProgressText.Moment(
                epoch: progress.epoch + 1, fraction: (Double(progress.epoch) + share) / Double(epochs),
                loss: progress.loss, metric: progress.metrics?.first,
                samplesPerSecond: progress.samplesPerSecond)
            if state.first == nil { state.first = (state.bar.fraction, (ContinuousClock.now - start) / .seconds(1)) }
            draw(&state)
        }
    }

    func finished(_ record: EpochRecord) throws {
        guard !isQuiet else { return }
        state.withLock { state in
            guard isInteractive else { return Console.print(text.line(record)) }
            erase(&state)
            Console.print(text.line(record, width: Terminal.output.columns))
            state.bar = ProgressText.Moment(
                epoch: min(record.epoch + 1, epochs), fraction: Double(record.epoch) / Double(epochs),
                loss: record.loss, metric: record.metrics?.first, samplesPerSecond: record.samplesPerSecond)
            if record.epoch < epochs { draw(&state) }
        }
    }

    /// On the standard error, above the bar; once, however often it comes.
    func warned(_ sentence: String) {
        guard !isQuiet else { return }
        state.withLock { state in
            state.warnings[sentence, default: 0] += 1
            guard state.warnings[sentence] == 1 else { return }
            erase(&state)
            Console.error("warning: \(sentence)")
        }
    }

    func wentBack(to history: [EpochRecord]) throws {
        state.withLock {
            $0.bar = ProgressText.Moment(epoch: history.count + 1, fraction: Double(history.count) / Double(epochs))
        }
    }

    /// Takes the bar away, and says how often warnings came again.
    func finish() {
        state.withLock { state in
            erase(&state)
            for (sentence, count) in state.warnings.filter({ $0.value > 1 }).sorted(by: { $0.key < $1.key }) {
                Console.error("warning: \(count) times: \(sentence)")
            }
            state.warnings = [:]
        }
    }

    /// Twenty times a second at most, unless the bar is not there at all.
    private func draw(_ state: inout State) {
        let now = ContinuousClock.now
        guard !state.isDrawn || now - state.lastDrawing >= .milliseconds(50) else { return }
        state.lastDrawing = now
        state.isDrawn = true
        let elapsed = (now - start) / .seconds(1)
        let line = text.bar(
            state.bar, elapsed: elapsed, since: state.first ?? (0, 0), width: Terminal.output.columns ?? 80)
        Console.write("\r\(line)\u{1B}[K")
    }

    private func erase(_ state: inout State) {
        if state.isDrawn { Console.write("\r\u{1B}[K") }
        state.isDrawn = false
    }
}
