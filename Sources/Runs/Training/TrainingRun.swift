import Batches
import Configuration
import Engine
import Files
import Foundation
import Interchange
import Machine
import Metrics
import Network

/// A run from a config. It reads the data, builds the model, trains it, evaluates it on the test split, and writes the
/// run directory.
public final class TrainingRun {
    public let configuration: RunConfiguration
    /// Its tables of text, which are kept with the run.
    private let tables: PreparedTables
    public let model: Model
    public let trainer: Trainer
    public let training: Dataset
    public let validation: Dataset?
    public let test: Dataset?
    /// The config written out in full: with all defaults, and with what was decided for this machine.
    public let resolved: JSONNode
    /// Warnings and notes about data and config, for the user to read first. `run(in:observer:stop:)` does not repeat
    /// them.
    public let remarks: [RunRemark]
    /// The sizes of the splits, by which data that have changed are noticed.
    package let rows: [Int]
    /// And sums over their values.
    let fingerprint: DataFingerprint
    /// Where the run goes on, if it does.
    private let start: TrainingState?
    /// What was known of its data before.
    private let record: DataRecord?
    /// After a run: the step and the path of the newest checkpoint; nil where there is none.
    public private(set) var lastCheckpoint: (step: Int, path: String)?
    /// After a divergence: why the model could not be saved; nil where it was saved.
    public private(set) var modelFailure: String?

    /// Reads the data and builds the model and the trainer, so that mistakes show before anything is written. Tables of text
    /// are converted first, in a folder for temporary files.
    /// - Parameters:
    ///   - fold: the fold that validates in a cross-validation, from 0.
    ///   - earlier: the run to resume; nil for a new one.
    /// - Throws: `ConfigurationError` for a model or loss that does not fit the data, `HDF5Error` and `DataError` for
    ///   data that can't be read or trained on, `FileError` for a checkpoint that does not fit, `KernelError`.
    public convenience init(
        _ configuration: RunConfiguration, fold: Int? = nil, resuming earlier: EarlierRun? = nil
    ) throws {
        let tables = try PreparedTables(
            configuration.data, cache: earlier?.cachePath, resumes: earlier != nil, begunWith: earlier?.record)
        try self.init(configuration, fold: fold, resuming: earlier, tables: tables)
    }

    /// - Parameter tables: those of the config's data.
    package init(
        _ configuration: RunConfiguration, fold: Int? = nil, resuming earlier: EarlierRun? = nil, tables: PreparedTables
    ) throws {
        self.configuration = configuration
        self.tables = tables
        record = earlier?.record
        let (data, training) = (configuration.data, configuration.training)
        let splits = try RunData(tables.data, seed: configuration.seed, fold: fold)
        (self.training, validation, test) = (splits.training, splits.validation, splits.test)
        model = try configuration.model(for: self.training)
        let objective = try configuration.objective(model, on: self.training)
        let batch = min(training.wholeBatch, self.training.count)
        let part = min(training.batchSize, self.training.count)
        try configuration.checkShuffleWindow(self.training, batch: batch)
        if !self.training.isInMemory, let problem = earlier?.problem(ofStreaming: self.training.byteCount) {
            throw configuration.error("data.memory_limit", problem)
        }
        for dataset in [self.training, validation, test] { try dataset?.check(against: objective) }
        // Before rows are read to be looked at, which takes long where the memory is too small for their chunks.
        try self.training.checkWindow(batch: batch, isShuffled: training.shuffle)
        for dataset in [validation, test] { try dataset?.checkWindow(batch: 1, isShuffled: false) }
        var remarks = (earlier?.warningsOfOthersBeside(data) ?? []).map { RunRemark.warning($0) }
        remarks += tables.warnings.map { .warning($0) }
        remarks += tables.steps.flatMap { $0.report?.warnings ?? [] }.map { RunRemark.warning($0) }
        remarks += tables.steps.flatMap { $0.report?.decisions?.runNotes ?? [] }.map { .note($0) }
        remarks += try Self.warnings([self.training, validation, test].compactMap { $0 }, objective)
        remarks += try SplitAgreement.notes(
            training: self.training, others: [validation, test]
        ) { Self.areValues(targetsOf: $0, objective) }.map { .note($0) }
        if let warning = configuration.schedule.warning(epochs: training.epochs) {
            remarks.append(.warning("optimizer.schedule.\(warning.key) \(warning.message)"))
        }

        var settings = Trainer.Settings()
        settings.training = configuration.trainingSettings
        settings.normalizations = data.normalizations
        settings.validation = validation
        settings.earlyStopping = training.earlyStopping
        settings.onNaN = training.onNaN
        settings.thresholds = training.thresholds
        settings.keepsBest = configuration.checkpoint.keepBest
        let parallelism = configuration.parallel.resolved(
            batchSize: part, accumulate: training.accumulate, for: objective)
        settings.parallelism = parallelism
        if let note = configuration.parallel.note(
            parallelism, batchSize: part, accumulate: training.accumulate,
            isResumed: earlier?.step != nil)
        {
            remarks.append(.note(note))
        }
        do {
            trainer = try Trainer(objective, on: self.training, settings)
        } catch let error as ClassWeightsError {
            throw configuration.error("data.class_weight", error.description)
        }
        // First what helps most.
        trainer.engine.remedy = try Self.largeTargets(self.training, objective, trainer.summaries).first.map {
            "set \($0.key) to \"standardize\", since \($0.place) holds numbers as large as \(NumberText.short($0.greatest))"
        }
        remarks =
            try Self.remarksOnTargets(self.training, objective, trainer.summaries)
            + UnusedClasses.remarks(self.training, objective) + remarks
        try test?.examine(
            trainer.preprocessings, isFitted: trainer.preprocessings.map { _ in false }, of: model.inputs.map(\.name))
        // What a machine decided, so that the run is the same one on any other.
        var pinned = configuration
        pinned.parallel.shards = parallelism.shards / training.accumulate
        if !self.training.isInMemory {
            pinned.data.memoryLimit = data.memoryLimit ?? AvailableMemory.bytes / 2
            if training.shuffle {
                pinned.data.shuffleWindow = try self.training.windowRows(atLeast: batch)
            }
        }
        resolved = pinned.configuration(model: model)
        let length = resolved.jsonText().utf8.count
        guard length <= CheckedFile.longestText else {
            throw ConfigurationError(
                file: configuration.file,
                message: "written out in full, the config is \(length) bytes long, and at most "
                    + "\(CheckedFile.longestText >> 20) MiB can be saved with a model; make it shorter")
        }
        if batch < training.wholeBatch {
            let parts = training.accumulate > 1 ? ", accumulated \(training.accumulate) times" : ""
            remarks.append(
                .note(
                    "training.batch_size is \(training.batchSize)\(parts), and \(self.training.inputsPlace) has \(batch) "
                        + "\(batch == 1 ? "row" : "rows"): an epoch is one step with all of them\(self.training.samplesLastHint)"
                ))
        }
        remarks += splits.splitWarnings.map { .warning($0) } + (splits.splitNote.map { [.note($0)] } ?? [])
        rows = [splits.training.count, splits.validation?.count ?? 0, splits.test?.count ?? 0]
        fingerprint = try DataFingerprint([splits.training, splits.validation, splits.test])
        var state = try earlier?.state(for: trainer, rows: rows, fingerprint)
        var stopping: ResumedStopping?
        if let early = training.earlyStopping, var resumed = state {
            do throws(StoppedBefore) {
                stopping = try ResumedStopping(
                    early, &resumed, figures: trainer.figures.figures, epochs: (training.epochs, earlier?.savedEpochs))
            } catch {
                throw configuration.error("training.early_stopping.patience", error.message)
            }
            state = resumed
        }
        start = state
        if let remark = stopping?.remark { remarks.append(remark) }
        if stopping?.isOver != true, let start,
            let warning = earlier?.rateWarning(
                step: start.step, epochs: training.epochs, lastRate: start.history.last?.learningRate, trainer.engine)
        {
            remarks.append(.warning(warning))
        }
        self.remarks = remarks
        if let start, start.begunEpochs > training.epochs {
            throw configuration.error(
                "training.epochs",
                "is \(training.epochs), but the run is in epoch \(start.begunEpochs) already; it can only be made longer"
            )
        }
    }

    /// Whether the targets of an output are numbers rather than classes.
    /// - Parameter output: nil for the only one.
    private static func areValues(targetsOf output: String?, _ objective: Objective) -> Bool {
        objective.outputs.contains { ($0.name == output || output == nil) && $0.targetForm.isOfValues }
    }

    /// Targets beyond this are far from what a network's layers give at first, and make gradients as large.
    private static let largeTarget = 1000.0

    /// In which units the loss is, where targets are scaled; and advice where they should be.
    private static func remarksOnTargets(
        _ data: Dataset, _ objective: Objective, _ summaries: [String: ValueSummary]
    ) throws -> [RunRemark] {
        var remarks: [RunRemark] = []
        if objective.outputs.contains(where: { $0.targetScale != nil }) {
            remarks.append(
                .note(
                    "the loss is of targets as data.normalize_targets scales them; metrics and predictions are in the "
                        + "targets' own units"))
        }
        for own in try largeTargets(data, objective, summaries) {
            remarks.append(
                .warning(
                    "\(own.place) holds numbers as large as \(NumberText.short(own.greatest)), which train slowly or not at all "
                        + "as they are; set \(own.key) to \"standardize\""))
        }
        return remarks
    }

    /// Targets that are large numbers and are not scaled, each with the key that scales them.
    private static func largeTargets(
        _ data: Dataset, _ objective: Objective, _ summaries: [String: ValueSummary]
    ) throws -> [(place: String, key: String, greatest: Double)] {
        try zip(objective.outputs, data.places(.target, of: objective.outputs.map(\.name))).compactMap {
            output, place in
            let entry = data.fields[place]
            guard output.targetScale == nil, let greatest = summaries[data.key(of: entry)]?.greatest,
                output.targetForm.isOfValues, greatest >= largeTarget
            else { return nil }
            let key = objective.outputs.count > 1 ? "data.normalize_targets.\(output.name)" : "data.normalize_targets"
            return (data.place(of: entry), key, greatest)
        }
    }

    /// What is suspicious about the data, a sentence each.
    private static func warnings(_ splits: [Dataset], _ objective: Objective) throws -> [RunRemark] {
        var sentences = splits.flatMap(\.notices)
        var places: Set<String> = []
        // Splits of one file are of one kind.
        for data in splits where places.insert(data.inputsPlace).inserted {
            for entry in data.fields {
                // Labels are checked one by one, and so are weights.
                let areNumbers = entry.role == .target && areValues(targetsOf: entry.name, objective)
                if entry.role == .input || areNumbers { sentences += try data.extremeValues(in: entry) }
                // Of a table it was said where it was converted.
                if areNumbers, data.source?.table == nil { sentences += try data.targetRounding(in: entry) }
            }
        }
        var told: Set<String> = []
        return sentences.filter { told.insert($0).inserted }.map { .warning($0) }
    }

    /// The result of a run.
    public struct Outcome: Sendable {
        public let history: [EpochRecord]
        /// The epoch whose parameters the model has; nil where none was completed.
        public let modelEpoch: EpochRecord?
        /// The evaluation on the test split; nil where the config names none, or the run was interrupted.
        public let test: Evaluation?
        /// What `metrics.json` holds; nil where the run was interrupted.
        public let figures: FinalFigures?
        /// The signal that stopped the run; nil where the run was not interrupted.
        public let signal: Int32?
        /// Why a checkpoint, a row of figures or `state.json` could not be saved; after an interruption, why the last
        /// checkpoint could not. Nil where all was saved.
        public let saveFailure: String?
    }

    /// Trains the model and writes the run directory: the config first, a row of figures after each epoch, checkpoints
    /// at intervals, the model at the end. Then evaluates the model on the test split.
    ///
    /// A run that is interrupted while it trains leaves a checkpoint, but no model.
    /// - Parameter stop: asks the run to stop or to save a checkpoint.
    /// - Throws: `Divergence` where the loss or a gradient becomes NaN or infinite. The model file then holds the
    ///   parameters as the error describes them, unless `modelFailure` says why not. `EvaluationError` where a
    ///   validation or test loss is NaN or infinite. `DataError` and `HDF5Error` where rows can't be read. `FileError`
    ///   and `HDF5Error` where a file can't be written.
    public func run(
        in directory: RunDirectory, observer: any TrainingObserver, stop: StopRequest? = nil
    ) throws -> Outcome {
        let store = try CheckpointStore(
            directory.path, keepLast: configuration.checkpoint.keepLast, keepBest: configuration.checkpoint.keepBest)
        if start == nil { try store.removeAll() }
        // Those of before are not those of this run.
        try directory.removeFigures()
        try tables.keep(in: directory)
        // The config before all else: with it alone a run that is killed here can be resumed.
        try directory.write(resolved)
        try DataRecord(
            configuration.data, tables.sums, rows: rows, fingerprint, directory: directory.path, resuming: record
        ).write(to: directory.path)
        if start == nil {
            try directory.beginMetrics(trainer.figures.figures, hasValidation: validation != nil)
        } else {
            try directory.resumeMetrics(
                trainer.figures.figures, hasValidation: validation != nil, history: start?.history ?? [])
        }
        let trained = try trainer.trainedModel()
        let keeper = RunKeeper(
            configuration.checkpoint, store, stop: stop, from: start, keepsLatest: configuration.training.onNaN.goesBack
        ) { [resolved, rows, fingerprint] state in
            var model = trained
            (model.parameters, model.configuration) = (state.parameters, resolved)
            return state.checkpoint(model, rows: rows, data: fingerprint)
        }
        let board =
            try configuration.logging.tensorBoard
            ? TensorBoardLog(directory.path, trainer, config: resolved.jsonText(), after: start?.step) : nil
        let recorder = Recorder(directory, observer, self, board)
        recorder.write(.running)
        do {
            let history = try trainer.fit(observer: recorder, keeper: keeper, from: start, stop: stop)
            var evaluation: Evaluation?
            var figures: FinalFigures?
            var wasInterrupted = trainer.wasInterrupted
            let restored = trainer.restoredEpoch
            let modelEpoch = history.last { restored == nil || $0.epoch == restored }
            if !wasInterrupted {
                // The model is saved whatever becomes of the evaluation; after it, so that its figures stand in the file.
                let measured = Result<FinalFigures, any Error> {
                    evaluation = try test.map {
                        try trainer.evaluate($0, stop: stop, countsConfusion: board != nil, judges: true)
                    }
                    return try finalFigures(modelEpoch, evaluation, stop)
                }
                figures = try? measured.get()
                try save(directory, figures)
                try figures?.write(to: directory.path)
                if let evaluation { recorder.tested(evaluation, step: trainer.engine.step, of: trained) }
                if case .failure(let error) = measured {
                    guard error is EvaluationStopped else { throw error }
                    wasInterrupted = true
                    evaluation = nil
                }
            }
            lastCheckpoint = store.steps.last.map { ($0, store.path(step: $0)) }
            recorder.write(wasInterrupted ? .interrupted : .finished)
            return Outcome(
                history: history, modelEpoch: modelEpoch, test: evaluation, figures: figures,
                signal: wasInterrupted ? stop?.signal : nil,
                saveFailure: wasInterrupted
                    ? keeper.lastFailure
                    : keeper.failure ?? recorder.failure ?? recorder.stateFailure ?? board?.failure)
        } catch {
            keeper.finish()
            lastCheckpoint = store.steps.last.map { ($0, store.path(step: $0)) }
            if error is Divergence {
                do { try save(directory) } catch { modelFailure = "\(error)" }
            }
            recorder.write(.failed, "\(error)")
            throw error
        }
    }

    /// What the model came to on each split.
    /// - Parameter epoch: the one whose parameters the model has.
    /// - Throws: `EvaluationStopped` where somebody asked for an end.
    private func finalFigures(
        _ epoch: EpochRecord?, _ evaluation: Evaluation?, _ stop: StopRequest?
    ) throws -> FinalFigures {
        let kinds = trainer.figures.figures
        var figures = FinalFigures(epoch: epoch?.epoch)
        figures.train = FinalFigures.figures(epoch?.loss, epoch?.metrics, of: kinds, rows: rows[0])
        figures.validation = try trainer.judgedValidation(stop: stop)?.figures ?? []
        figures.test = evaluation?.figures ?? []
        return figures
    }

    private func save(_ directory: RunDirectory, _ figures: FinalFigures? = nil) throws {
        var trained = try trainer.trainedModel()
        trained.configuration = resolved
        trained.finalFigures = figures?.node
        try trained.save(directory.modelPath)
    }

    /// Writes each epoch's figures before it is shown, and how far the run is.
    ///
    /// `@unchecked Sendable`: the directory is used on the fitting thread alone.
    private final class Recorder: TrainingObserver, @unchecked Sendable {
        private let directory: RunDirectory
        private let next: any TrainingObserver
        private var state: RunState
        /// Which epoch is the best, as early stopping sees it.
        private var rule: StoppingRule
        private let figures: [any Figure]
        private let hasValidation: Bool
        private let board: TensorBoardLog?
        /// Why the figures of the last epoch are missing; nil where they are not.
        private(set) var failure: String?
        /// Why `state.json` is out of date; nil where it is not.
        private(set) var stateFailure: String?
        private var last = ContinuousClock.now

        init(
            _ directory: RunDirectory, _ next: any TrainingObserver, _ run: TrainingRun, _ board: TensorBoardLog?
        ) {
            self.directory = directory
            self.next = next
            self.board = board
            figures = run.trainer.figures.figures
            hasValidation = run.validation != nil
            rule = StoppingRule(
                run.configuration.training.earlyStopping
                    ?? EarlyStopping(monitor: run.validation == nil ? "loss" : "validation_loss"), figures: figures)
            let earlier = try? RunState(directory: directory.path)
            state = RunState(
                phase: .running, name: run.configuration.name,
                started: run.start == nil ? Date() : earlier?.started ?? Date(), updated: Date(),
                epoch: run.start?.history.count ?? 0, epochs: run.configuration.training.epochs,
                step: run.start?.step ?? 0, process: Int(ProcessInfo.processInfo.processIdentifier))
            for record in run.start?.history ?? [] { note(record) }
        }

        /// A run does not end because its state can't be told; that is said once, unless more than that can't be written.
        func write(_ phase: RunState.Phase, _ error: String? = nil) {
            (state.phase, state.error, state.updated) = (phase, error, Date())
            do {
                try state.write(to: directory.path)
                stateFailure = nil
            } catch {
                if stateFailure == nil, failure == nil {
                    next.warned("\(error); training goes on, but stormo runs does not know how far it is")
                }
                stateFailure = "\(error)"
            }
        }

        private func note(_ record: EpochRecord) {
            (state.epoch, state.step) = (record.epoch, record.step)
            guard rule.judge(record) == .improved, let best = rule.best else { return }
            state.best = RunState.Best(monitor: rule.settings.monitor, value: best.value, epoch: best.epoch)
        }

        func progressed(_ progress: StepProgress) { next.progressed(progress) }

        func finished(_ record: EpochRecord) throws {
            let now = ContinuousClock.now
            note(record)
            // Training goes on where figures can't be written; that is said once.
            do {
                try directory.append(record, seconds: (now - last).seconds)
                failure = nil
            } catch {
                if failure == nil { next.warned("\(error); training goes on") }
                failure = "\(error)"
            }
            last = now
            if record.epoch % 8 == 1 || state.epochs < 64 { write(.running) }
            if let words = board?.finished(record) { next.warned(words) }
            try next.finished(record)
        }

        func tested(_ evaluation: Evaluation, step: Int, of model: TrainedModel) {
            let classes = model.objective.outputs.map { model.classNames(of: $0.name) }
            if let words = board?.tested(evaluation, step: step, classes: classes) { next.warned(words) }
        }

        func warned(_ sentence: String) { next.warned(sentence) }

        func wentBack(to history: [EpochRecord]) throws {
            rule = StoppingRule(rule.settings, figures: figures)
            state.best = nil
            state.epoch = history.count
            for record in history { note(record) }
            try directory.resumeMetrics(figures, hasValidation: hasValidation, history: history)
            if let words = board?.wentBack(to: history.last?.step ?? 0) { next.warned(words) }
            try next.wentBack(to: history)
        }
    }
}
