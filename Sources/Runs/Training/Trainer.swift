import Batches
import Configuration
import Engine
import Interchange
import Kernels
import Machine
import Metrics
import Network
import Optimizers

/// Receives the events of a fit. All methods are called on the thread that called `fit`.
public protocol TrainingObserver: Sendable {
    /// Training has made progress within an epoch. Called at most every 50 ms.
    func progressed(_ progress: StepProgress)
    /// An epoch and its validation are done. An error ends the fit, which throws it.
    func finished(_ record: EpochRecord) throws
    /// Something looks wrong, steps were dropped, or training was rewound. The sentence says what.
    func warned(_ sentence: String)
    /// Training was rewound to an earlier state. `history` has the epochs that remain.
    func wentBack(to history: [EpochRecord]) throws
}

extension TrainingObserver {
    public func warned(_ sentence: String) {}
    public func wentBack(to history: [EpochRecord]) throws {}
}

/// Trains a model on a dataset.
///
/// ```swift
/// let trainer = try Trainer(model, loss: .binaryCrossEntropy, on: data) {
///     $0.optimizer = .adam(learningRate: 0.05)
///     $0.epochs = 300
///     $0.batchSize = 4
/// }
/// let history = try trainer.fit()
/// let probabilities = try trainer.predict(data)
/// ```
public final class Trainer {
    /// The settings of a `Trainer`. The members of `training` can be accessed directly, as in `settings.epochs`.
    @dynamicMemberLookup
    public struct Settings {
        public var training = TrainingSettings()
        /// Normalisation of the inputs, by input.
        public var normalizations = ByName<Normalization>()
        /// Normalisation of the targets for the loss, by output. Metrics and predictions stay in the targets' own
        /// units.
        public var targetNormalizations = ByName<Normalization>()
        public var validation: Dataset?
        public var earlyStopping: EarlyStopping?
        public var onNaN = DivergencePolicy.stop
        /// Above which probability binary outputs predict 1, by output; ½ for those without. It may be chosen on the
        /// validation split, once training is over; until then metrics take ½.
        public var thresholds = ByName<ThresholdRule>()

        public init() {}

        public subscript<Value>(dynamicMember path: WritableKeyPath<TrainingSettings, Value>) -> Value {
            get { training[keyPath: path] }
            set { training[keyPath: path] = newValue }
        }

        /// Normalisation of the input, for a model with one input.
        public var normalization: Normalization {
            get { normalizations.first ?? .none }
            set { normalizations = newValue == .none ? ByName() : ByName(newValue) }
        }

        /// Normalisation of the targets for the loss, for a model with one output.
        public var targetNormalization: Normalization {
            get { targetNormalizations.first ?? .none }
            set { targetNormalizations = newValue == .none ? ByName() : ByName(newValue) }
        }

        /// The threshold of the output, for a model with one output.
        public var threshold: ThresholdRule? {
            get { thresholds.first }
            set { thresholds = newValue.map { ByName($0) } ?? ByName() }
        }

        /// What decides which epoch is the best: early stopping's figure, else the validation's loss, else the loss.
        var figureToWatch: EarlyStopping? {
            earlyStopping
                ?? (keepsBest
                    ? EarlyStopping(monitor: validation == nil ? "loss" : "validation_loss", patience: .max) : nil)
        }
        /// Whether the best epoch is to be known without early stopping.
        var keepsBest = false
    }

    public private(set) var objective: Objective
    /// The fitted normalisation of each input, in the model's order.
    public let preprocessings: [Preprocessing]
    package let engine: TrainingEngine
    private let settings: Settings
    private let validator: Evaluator?
    private let codeNames: CodeNames
    /// The columns of the tables that are trained on, as they were fitted.
    package let tables: TableRecipes
    let summaries: [String: ValueSummary]
    /// Those that the run reports beside the loss.
    package let figures: FigureList
    private let metrics: [[any Metric]]
    private let thresholds: Thresholds
    /// What was decided once training was over, for the user to read.
    package private(set) var remarks: [RunRemark] = []
    /// The epoch, from 1, whose parameters early stopping has restored; nil where the trainer has those of the last
    /// step.
    public private(set) var restoredEpoch: Int?
    /// Whether thresholds were chosen on the validation split once training was over.
    package var thresholdsWereChosen: Bool { thresholds.areChosen }
    /// Whether early stopping ended training.
    public private(set) var stoppedEarly = false
    /// Whether the figure of early stopping was NaN or infinite in every epoch, so that there is no best epoch.
    public private(set) var watchedFigureIsUndefined = false
    /// Whether a `StopRequest` ended training before the last epoch.
    public private(set) var wasInterrupted = false
    /// The number of steps that were dropped because the loss or a gradient was not finite.
    public private(set) var skippedSteps = 0
    /// How often training was rewound to an earlier state.
    public private(set) var rewinds = 0

    /// A trainer for a model with one output. It initialises the parameters and fits the normalisations to the data.
    /// - Throws: `DataError` for data that do not fit the model, `HDF5Error` where rows can't be read, `ModelError`,
    ///   `ObjectiveError`, `TargetScaleError`, `ClassWeightsError`, `MetricError`, `KernelError`.
    public convenience init(
        _ model: Model, loss: any Loss, on data: Dataset, _ configure: (inout Settings) -> Void = { _ in }
    ) throws {
        var settings = Settings()
        configure(&settings)
        let scales = try Preprocessing.targetScales(settings.targetNormalizations, fittedTo: data, of: model.outputs)
        try self.init(Objective(model, losses: ByName(loss), targetScales: scales), on: data, settings)
    }

    /// A trainer for a model with several outputs.
    /// - Parameters:
    ///   - losses: one for each output, by its name.
    ///   - weights: the factor on each output's loss in the model's loss; 1 for outputs that are not named.
    /// - Throws: as for one output.
    public convenience init(
        _ model: Model, losses: [String: any Loss], weights: [String: Double] = [:], on data: Dataset,
        _ configure: (inout Settings) -> Void = { _ in }
    ) throws {
        var settings = Settings()
        configure(&settings)
        let scales = try Preprocessing.targetScales(settings.targetNormalizations, fittedTo: data, of: model.outputs)
        try self.init(
            Objective(model, losses: losses, weights: weights, targetScales: scales), on: data, settings)
    }

    init(_ objective: Objective, on data: Dataset, _ settings: Settings) throws {
        thresholds = try Thresholds(settings.thresholds, for: objective, hasValidation: settings.validation != nil)
        let objective = thresholds.applied(to: objective)
        metrics = try settings.training.metrics(for: objective)
        figures = FigureList(outputs: objective.outputs.map(\.name), metrics: metrics)
        if let problem = settings.earlyStopping?.problem(
            figures: figures.figures, hasValidation: settings.validation != nil)
        {
            throw ObjectiveError("earlyStopping.monitor: \(problem)")
        }
        self.objective = objective
        self.settings = settings
        codeNames = data.codeNames
        tables = data.tables
        summaries = try ValueSummary.all(of: data, for: objective)
        let names = objective.model.inputs.map(\.name)
        let isFitted: [Bool]
        (preprocessings, isFitted) = try Preprocessing.all(settings.normalizations, fittedTo: data, of: names)
        try data.checkThatSomethingCounts(objective)
        try data.examine(preprocessings, isFitted: isFitted, of: names)
        try settings.validation?.examine(preprocessings, isFitted: names.map { _ in false }, of: names)
        var training = settings.training
        training.skipsNonFinite = settings.onNaN == .skip
        engine = try TrainingEngine(objective, on: data, preprocessing: preprocessings, training)
        let chunk = max(1, settings.batchSize / engine.parallelism.shards)
        validator = try settings.validation.map { [engine, preprocessings] validation in
            try Evaluator(
                objective, on: validation, preprocessing: preprocessings, parameters: engine.parameters,
                engine.parallelism, chunk: max(chunk, 32), team: engine.team)
        }
    }

    /// How many epochs `fit` trains, unless it is ended before.
    public var epochs: Int { settings.epochs }

    /// The fitted normalisation of the first input.
    public var preprocessing: Preprocessing { preprocessings[0] }

    /// Trains until the last epoch, or until early stopping ends training.
    /// - Returns: the figures of each epoch.
    /// - Throws: `Divergence` where the loss or a gradient becomes NaN or infinite, `EvaluationError` where the
    ///   validation loss does, `HDF5Error` and `DataError` where rows can't be read, `ThreadError` where the worker
    ///   threads can't be started, and errors of the observer.
    @discardableResult
    public func fit(observer: (any TrainingObserver)? = nil) throws -> [EpochRecord] {
        if let warning = settings.training.schedule.warning(epochs: settings.training.epochs) {
            observer?.warned("schedule.\(warning.key) \(warning.message)")
        }
        return try fit(observer: observer, keeper: nil, from: nil, stop: nil)
    }

    /// - Parameters:
    ///   - keeper: saves states while training goes on, and has the one to go back to.
    ///   - start: where an earlier fit ended.
    ///   - stop: looked at after each step.
    func fit(
        observer: (any TrainingObserver)?, keeper: RunKeeper?, from start: TrainingState?, stop: StopRequest?
    ) throws -> [EpochRecord] {
        // A copy of the beginning takes memory, so it is made only where training may have to go back to it.
        let fit = try Fit(
            settings, figures.figures, start ?? (settings.onNaN.goesBack ? initialState() : nil),
            parameterCount: objective.layout.count)
        if let start {
            try restore(start, fit)
            // Not where training is taken back: what has been told was told.
            engine.healthState = start.health
        }
        validator?.stop = stop
        let hooks = hooks(fit, observer, keeper, stop)
        while fit.history.count < settings.epochs, !fit.hasStopped {
            do {
                guard try epoch(fit, hooks, observer, keeper) else {
                    wasInterrupted = true
                    break
                }
            } catch let error as Divergence {
                guard case .rewind(let factor, let times) = settings.onNaN, fit.rewinds < times,
                    let state = keeper?.latest ?? fit.start
                else { throw error }
                try goBack(fit, to: state, factor: factor, error, observer)
            }
            for warning in keeper?.takeWarnings() ?? [] { observer?.warned(warning) }
        }
        // The last state too, so that a longer run can go on from it. Nothing changes until it is written.
        if !wasInterrupted { try keeper?.keep(state(fit, at: nil, copies: false)) }
        keeper?.finish()
        for warning in keeper?.takeWarnings() ?? [] { observer?.warned(warning) }
        stoppedEarly = fit.hasStopped
        watchedFigureIsUndefined = fit.rule != nil && fit.rule?.best == nil
        if let best = fit.best, !wasInterrupted, let epoch = fit.rule?.best?.epoch, epoch != fit.history.last?.epoch {
            engine.parameters.floats.update(from: best.floats, count: objective.layout.count)
            restoredEpoch = epoch
        }
        if !wasInterrupted { try chooseThresholds() }
        return fit.history
    }

    /// Chooses the thresholds that are to be chosen, with the parameters as they are now.
    private func chooseThresholds() throws {
        guard thresholds.areChosen, let validation = settings.validation else { return }
        let predictions = try Evaluator(
            objective, on: validation, preprocessing: preprocessings, parameters: engine.parameters, engine.parallelism,
            chunk: 256, predictsOnly: true, team: engine.team
        ).predictAll()
        let names = codeNames
        (objective, remarks) = try thresholds.chosen(for: objective, predictions, on: validation) {
            [objective] output in
            let key = CodeNames.key(CodeNames.targetColumns, objective.outputs.count > 1 ? output : nil)
            return names.lists[key]?.names
        }
    }

    private func hooks(
        _ fit: Fit, _ observer: (any TrainingObserver)?, _ keeper: RunKeeper?, _ stop: StopRequest?
    ) -> EpochHooks {
        var hooks = EpochHooks()
        if let observer {
            hooks.progress = { observer.progressed($0) }
            hooks.warning = { observer.warned($0) }
        }
        if let keeper {
            // The first worker is the thread that called `fit`, so nothing here is touched by two at a time.
            nonisolated(unsafe) let trainer = self
            hooks.verdict = { keeper.verdict(step: $0) }
            hooks.save = { position in
                keeper.keep(step: position.step) {
                    try trainer.state(fit, at: position, copies: !keeper.isEnding)
                }
            }
        } else if let stop {
            hooks.verdict = { stop.ends(after: $0) ? .stop : .continue }
        }
        return hooks
    }

    /// A fit while it runs.
    ///
    /// `@unchecked Sendable`: the thread that called `fit` alone touches it; it is the first worker as well.
    private final class Fit: @unchecked Sendable {
        /// Where it began, if training may go back there.
        let start: TrainingState?
        var history: [EpochRecord] = []
        var rule: StoppingRule?
        var undefined = UndefinedFigures()
        let best: AlignedMemory?
        var position: EpochPosition?
        var rewinds = 0
        var skipped = 0
        var hasStopped = false

        init(
            _ settings: Settings, _ figures: [any Figure], _ start: TrainingState?, parameterCount: Int
        ) throws {
            self.start = start
            rule = settings.figureToWatch.map { StoppingRule($0, figures: figures) }
            best = settings.earlyStopping?.restoreBest == true ? try AlignedMemory(floats: parameterCount) : nil
        }
    }

    /// One epoch, or the rest of one, with its validation.
    /// - Returns: false where somebody asked for an end.
    private func epoch(
        _ fit: Fit, _ hooks: EpochHooks, _ observer: (any TrainingObserver)?, _ keeper: RunKeeper?
    ) throws -> Bool {
        let end = try engine.run(epoch: fit.history.count, from: fit.position, hooks: hooks)
        guard case .finished(let result, let position) = end else { return false }
        let validation: Evaluation?
        do {
            validation = try validator?.evaluate(byOutput: metrics)
        } catch let error where error is EvaluationStopped || error is EvaluationError {
            // The epoch's steps are kept; its validation is done when training goes on.
            if let position { try keeper?.keep(state(fit, at: position, copies: false)) }
            if error is EvaluationError { throw error }
            return false
        }
        fit.position = nil
        fit.skipped += result.skipped
        skippedSteps = fit.skipped
        let record = EpochRecord(
            epoch: fit.history.count + 1, step: engine.step, learningRate: engine.lastLearningRate, loss: result.loss,
            metrics: result.metrics, validationLoss: validation?.loss, validationMetrics: validation?.metrics,
            samplesPerSecond: result.samplesPerSecond, gradientNorm: result.gradientNorm)
        fit.history.append(record)
        let verdict = fit.rule?.judge(record)
        let isBest = verdict == .improved
        if isBest { fit.best?.floats.update(from: engine.parameters.floats, count: objective.layout.count) }
        try observer?.finished(record)
        if result.skipped > 0 {
            observer?.warned(
                "epoch \(record.epoch): \(result.skipped) of its steps were dropped, since the loss or a gradient was not "
                    + "finite")
        }
        for sentence in fit.undefined.examine(record, figures: figures.figures) { observer?.warned(sentence) }
        if settings.earlyStopping != nil, verdict == .stops { fit.hasStopped = true }
        if let keeper, keeper.isDue(epoch: record.epoch, step: record.step) || keeper.wantsBest && isBest {
            keeper.keep(step: record.step, isBest: isBest) { try state(fit, at: nil) }
        }
        return true
    }

    /// Takes a fit back to an earlier state, with a smaller learning rate.
    private func goBack(
        _ fit: Fit, to state: TrainingState, factor: Double, _ error: Divergence, _ observer: (any TrainingObserver)?
    ) throws {
        let rewinds = fit.rewinds + 1
        let rate = engine.rateFactor * factor
        try restore(state, fit)
        fit.rewinds = rewinds
        self.rewinds = rewinds
        engine.rateFactor = rate
        try observer?.wentBack(to: fit.history)
        observer?.warned(
            "\(error.brief); training goes back to step \(state.step) with \(rate) times the learning rate")
    }

    private func restore(_ state: TrainingState, _ fit: Fit) throws {
        engine.restore(parameters: state.parameters, moments: state.moments, step: state.step)
        engine.rateFactor = state.rateFactor
        engine.spikes = LossSpikeWatch(state: state.spikes) ?? LossSpikeWatch()
        fit.history = state.history
        fit.undefined = UndefinedFigures()
        for record in state.history { _ = fit.undefined.examine(record, figures: figures.figures) }
        fit.position = state.position
        fit.rewinds = state.rewinds
        fit.skipped = state.skipped
        fit.rule = settings.figureToWatch.map {
            StoppingRule($0, figures: figures.figures, best: state.bestEpoch, waitsFrom: state.waitsFrom)
        }
        if let best = state.best { fit.best?.floats.update(from: best.floats, count: objective.layout.count) }
        fit.hasStopped = settings.earlyStopping != nil && fit.rule?.hasRunOut(after: fit.history.count) == true
    }

    /// The state before the first step.
    private func initialState() throws -> TrainingState {
        TrainingState(
            parameters: try engine.parameters.copy(), moments: try engine.optimizer.vectors.map { try $0.copy() },
            history: [], step: 0, rateFactor: 1, rewinds: 0, skipped: 0)
    }

    /// Where a fit stands.
    /// - Parameter copies: whether training goes on while the state is used.
    private func state(_ fit: Fit, at position: EpochPosition?, copies: Bool = true) throws -> TrainingState {
        func kept(_ memory: AlignedMemory) throws -> AlignedMemory { copies ? try memory.copy() : memory }
        return TrainingState(
            parameters: try kept(engine.parameters), moments: try engine.optimizer.vectors.map(kept),
            best: try fit.best.map(kept), bestEpoch: fit.rule?.best,
            waitsFrom: fit.rule?.waitsFrom ?? 0, history: fit.history, position: position,
            step: position?.step ?? engine.step, rateFactor: engine.rateFactor, rewinds: fit.rewinds,
            skipped: fit.skipped, spikes: engine.spikes.state, health: engine.healthState)
    }

    /// Computes the loss and the metrics on a dataset with the current parameters.
    /// - Throws: `DataError` for data that do not fit the model, `EvaluationError` where the loss is NaN or infinite,
    ///   `HDF5Error` where rows can't be read, `KernelError`.
    public func evaluate(_ data: Dataset) throws -> Evaluation { try evaluate(data, stop: nil) }

    /// - Parameter judges: whether an interval and what the simplest answer gets are wanted beside each figure.
    /// - Throws: `EvaluationStopped` where somebody asked for an end.
    func evaluate(
        _ data: Dataset, stop: StopRequest?, countsConfusion: Bool = false, judges: Bool = false
    ) throws -> Evaluation {
        let evaluator = try Evaluator(
            objective, on: data, preprocessing: preprocessings, parameters: engine.parameters, engine.parallelism,
            chunk: 256, team: engine.team)
        evaluator.stop = stop
        return try evaluator.evaluate(byOutput: metrics, countsConfusion: countsConfusion, judges: judges)
    }

    /// The validation split's figures with the parameters and thresholds as they are now, an interval and what the simplest
    /// answer gets beside each; nil where there is no such split.
    /// - Throws: as `evaluate`.
    func judgedValidation(stop: StopRequest?) throws -> Evaluation? {
        // During training metrics took a half as the threshold.
        if let validation = settings.validation, thresholdsWereChosen {
            return try evaluate(validation, stop: stop, judges: true)
        }
        return try validator?.evaluate(byOutput: metrics, judges: true)
    }

    /// The predictions of the first output: an array for each sample, row-major.
    /// - Throws: as `evaluate(_:)`, but for `EvaluationError`.
    public func predict(_ data: Dataset) throws -> [[Float]] { try predictAll(data)[0] }

    /// The predictions of each output, in the model's order: an array for each sample, row-major.
    /// - Throws: as `evaluate(_:)`, but for `EvaluationError`.
    public func predictAll(_ data: Dataset) throws -> [[[Float]]] {
        let results = try Evaluator(
            objective, on: data, preprocessing: preprocessings, parameters: engine.parameters, engine.parallelism,
            chunk: 256, predictsOnly: true, team: engine.team
        ).predictAll()
        return zip(results, objective.outputs).map { flat, output in
            let width = output.shape.count
            return stride(from: 0, to: flat.count, by: width).map { Array(flat[$0..<$0 + width]) }
        }
    }

    /// The model with a copy of the current parameters. Further training does not change it.
    /// - Throws: `KernelError.outOfMemory`.
    public func trainedModel() throws -> TrainedModel {
        let parameters = try AlignedMemory(floats: objective.layout.count)
        parameters.floats.update(from: engine.parameters.floats, count: objective.layout.count)
        var model = TrainedModel(
            objective: objective, metrics: metrics, preprocessing: preprocessings,
            classNames: codeNames.classNames, parameters: parameters)
        model.columnLists = codeNames.columnLists
        model.summaries = summaries
        model.tables = tables
        model.optimizer =
            OptimizerConfiguration(
                settings.training.optimizer, settings.training.schedule, settings.training.clipping
            ).configuration
        model.kerasSchedule = engine.kerasSchedule
        return model
    }

    /// Saves the model as a Keras HDF5 file. An existing file is replaced only when the new one is complete.
    /// - Throws: `FileError` or `HDF5Error` where the file can't be written, `KernelError.outOfMemory`. An existing
    ///   file is then unchanged.
    public func save(_ path: String) throws { try trainedModel().save(path) }
}
