import Engine
import Metrics
import Runs
import Synchronization

/// Shows a training as a dashboard. When it is over, the usual screen has its last epoch's line and its warnings.
final class DashboardDisplay: TrainDisplay {
    private let epochs: Int
    private let text: ProgressText
    private let view: DashboardView
    private let start = ContinuousClock.now
    private let state: Mutex<State>

    private struct State {
        var last: EpochRecord?
        /// Where the run stood when this process first saw it, as one that is gone on with.
        var first: (fraction: Double, elapsed: Double)?
        /// In the order in which they first came, with how often.
        var warnings: [(sentence: String, count: Int)] = []
        var isOver = false
    }

    /// - Parameter history: the epochs of before, of a run that is gone on with.
    init(
        _ name: String, epochs: Int, figures: [any Figure], history: [EpochRecord], warnings: [String]
    ) {
        self.epochs = epochs
        text = ProgressText(
            epochs: epochs, figures: figures.map(\.name), isUnicode: Terminal.output.isUnicode)
        state = Mutex(State(last: history.last))
        var content = DashboardState(name: name, epochs: epochs, figures: figures.map(\.name))
        content.history = history
        content.epoch = min(history.count + 1, epochs)
        content.fraction = Double(history.count) / Double(max(epochs, 1))
        for sentence in warnings { content.warn(sentence, epoch: 0) }
        view = DashboardView(content) { [start] in $0.elapsed = (ContinuousClock.now - start) / .seconds(1) }
        view.open()
    }

    func progressed(_ progress: StepProgress) {
        let share = Double(progress.step) / Double(max(progress.stepsPerEpoch, 1))
        let fraction = (Double(progress.epoch) + share) / Double(max(epochs, 1))
        let elapsed = (ContinuousClock.now - start) / .seconds(1)
        let first = state.withLock { state in
            if state.first == nil { state.first = (fraction, elapsed) }
            return state.first ?? (0, 0)
        }
        view.change { state in
            (state.epoch, state.fraction) = (progress.epoch + 1, fraction)
            (state.loss, state.metric) = (progress.loss, progress.metrics?.first)
            state.samplesPerSecond = progress.samplesPerSecond
            state.left = ProgressText.left(fraction, elapsed: elapsed, since: first) ?? state.left
            state.begin(share: share, loss: progress.loss)
        }
    }

    func finished(_ record: EpochRecord) throws {
        state.withLock { $0.last = record }
        view.change { state in
            state.history.append(record)
            if record.samplesPerSecond > 0 { state.samplesPerSecond = record.samplesPerSecond }
            (state.epoch, state.fraction) = (
                min(record.epoch + 1, state.epochs), Double(record.epoch) / Double(max(state.epochs, 1))
            )
        }
    }

    func warned(_ sentence: String) {
        let epoch = state.withLock { state in
            if let place = state.warnings.firstIndex(where: { $0.sentence == sentence }) {
                state.warnings[place].count += 1
            } else {
                state.warnings.append((sentence, 1))
            }
            return (state.last?.epoch ?? 0) + 1
        }
        view.change { $0.warn(sentence, epoch: epoch) }
    }

    func wentBack(to history: [EpochRecord]) throws {
        state.withLock { $0.last = history.last }
        view.change { state in
            state.history = history
            state.epoch = history.count + 1
            state.fraction = Double(history.count) / Double(max(state.epochs, 1))
        }
    }

    func finish() {
        let state = state.withLock { state in
            defer { state.isOver = true }
            return state
        }
        guard !state.isOver else { return }
        view.close()
        for (sentence, count) in state.warnings {
            Console.error("warning: " + (count > 1 ? "\(count) times: " : "") + sentence)
        }
        if let last = state.last { Console.print(text.line(last, width: Terminal.output.columns)) }
    }
}
