import Engine
import Files
import Foundation
import Interchange
import Metrics

/// Writes each epoch's figures before it is shown, how far the run is, and what its pictures need.
///
/// `@unchecked Sendable`: used on the fitting thread alone.
final class RunRecorder: TrainingObserver, @unchecked Sendable {
    private let directory: RunDirectory
    private let next: any TrainingObserver
    private let trainer: Trainer
    private var state: RunState
    /// Which epoch is the best, as early stopping sees it.
    private var rule: StoppingRule
    private let figures: [any Figure]
    private let hasValidation: Bool
    private let board: TensorBoardLog?
    private let record: RecordKeeper
    /// Why the figures of the last epoch are missing; nil where they are not.
    private(set) var failure: String?
    /// Why `state.json` is out of date; nil where it is not.
    private(set) var stateFailure: String?
    private var last = ContinuousClock.now

    init(
        _ directory: RunDirectory, _ next: any TrainingObserver, _ run: TrainingRun, _ board: TensorBoardLog?,
        from start: TrainingState?
    ) {
        self.directory = directory
        self.next = next
        self.board = board
        trainer = run.trainer
        figures = run.trainer.figures.figures
        hasValidation = run.validation != nil
        rule = StoppingRule(
            run.configuration.training.earlyStopping
                ?? EarlyStopping(monitor: run.validation == nil ? "loss" : "validation_loss"), figures: figures)
        let earlier = try? RunState(directory: directory.path)
        state = RunState(
            phase: .running, name: run.configuration.name,
            started: start == nil ? Date() : earlier?.started ?? Date(), updated: Date(),
            epoch: start?.history.count ?? 0, epochs: run.configuration.training.epochs,
            step: start?.step ?? 0, process: Int(ProcessInfo.processInfo.processIdentifier))
        record = RecordKeeper(directory.path, run, from: start)
        for record in start?.history ?? [] { note(record) }
    }

    /// A run does not end because its state can't be told; that is said once, unless more than that can't be written.
    func write(_ phase: RunState.Phase, _ error: String? = nil) {
        (state.phase, state.error, state.updated) = (phase, error, Date())
        do {
            try state.write(to: directory.path)
            stateFailure = nil
        } catch {
            if stateFailure == nil, failure == nil {
                warn("\(error); training goes on, but stormo runs does not know how far it is")
            }
            stateFailure = "\(error)"
        }
    }

    /// The record is written to its end.
    func finish() {
        for remark in trainer.remarks { record.note(remark) }
        if let words = record.finish() { next.warned(words) }
    }

    private func note(_ record: EpochRecord) {
        (state.epoch, state.step) = (record.epoch, record.step)
        guard rule.judge(record) == .improved, let best = rule.best else { return }
        state.best = RunState.Best(monitor: rule.settings.monitor, value: best.value, epoch: best.epoch)
    }

    func progressed(_ progress: StepProgress) { next.progressed(progress) }

    func finished(_ record: EpochRecord) throws {
        let now = ContinuousClock.now
        let seconds = (now - last).seconds
        note(record)
        // Training goes on where figures can't be written; that is said once.
        do {
            try directory.append(record, seconds: seconds)
            failure = nil
        } catch {
            if failure == nil { warn("\(error); training goes on") }
            failure = "\(error)"
        }
        last = now
        if record.epoch % 8 == 1 || state.epochs < 64 { write(.running) }
        if let words = board?.finished(record) { warn(words) }
        if let words = self.record.finished(record, seconds: seconds, trainer) { next.warned(words) }
        try next.finished(record)
    }

    func tested(_ evaluation: Evaluation, step: Int, of model: TrainedModel) {
        let classes = model.objective.outputs.map { model.classNames(of: $0.name) }
        if let words = board?.tested(evaluation, step: step, classes: classes) { warn(words) }
    }

    /// Warns of what can't be written.
    private func warn(_ sentence: String) {
        warned(TrainingWarning(.saving, epoch: state.epoch, step: state.step, sentence))
    }

    func warned(_ sentence: String) { next.warned(sentence) }

    func warned(_ warning: TrainingWarning) {
        record.note(warning)
        next.warned(warning)
    }

    func wentBack(to history: [EpochRecord]) throws {
        rule = StoppingRule(rule.settings, figures: figures)
        state.best = nil
        state.epoch = history.count
        for record in history { note(record) }
        record.wentBack(to: history)
        try directory.resumeMetrics(figures, hasValidation: hasValidation, history: history)
        if let words = board?.wentBack(to: history.last?.step ?? 0) { warn(words) }
        try next.wentBack(to: history)
    }
}
