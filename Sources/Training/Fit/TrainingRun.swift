public import Configuration
public import Network

/// A run from a config: reads the data, builds the model, trains, measures, and writes the run directory.
public final class TrainingRun {
    public let configuration: RunConfiguration
    public let model: Model
    public let trainer: Trainer
    public let training: Dataset
    public let validation: Dataset?
    public let test: Dataset?
    /// The config with everything written out.
    public let resolved: JSONNode

    /// Reads the data and builds everything, so that what is wrong shows before anything is written.
    /// - Throws: `ConfigurationError` for a model or loss that does not fit the data, `HDF5Error` and `DataError` for
    ///   data that can't be read or trained on, `KernelError`.
    public init(_ configuration: RunConfiguration) throws {
        self.configuration = configuration
        let (data, training) = (configuration.data, configuration.training)
        self.training = try Dataset(reading: data.train)
        validation = try data.validation.map { try Dataset(reading: $0) }
        test = try data.test.map { try Dataset(reading: $0) }
        model = try configuration.model(input: self.training.inputs.rowShape)
        let objective = try configuration.objective(model)
        if training.batchSize > self.training.count {
            throw configuration.error(
                "training.batch_size",
                "is \(training.batchSize), but \(self.training.inputsPlace) has only "
                    + "\(self.training.count) rows; make it smaller")
        }
        for dataset in [self.training, validation, test] { try dataset?.check(against: objective) }

        var settings = Trainer.Settings()
        settings.optimizer = configuration.optimizer
        settings.schedule = configuration.schedule
        settings.epochs = training.epochs
        settings.batchSize = training.batchSize
        settings.shuffle = training.shuffle
        settings.seed = configuration.seed
        settings.metrics = configuration.metrics
        settings.normalization = data.normalize
        settings.validation = validation
        settings.earlyStopping = training.earlyStopping
        settings.parallelism = configuration.parallel.resolved(batchSize: training.batchSize)
        trainer = try Trainer(objective, on: self.training, settings)
        resolved = configuration.configuration(model: model)
    }

    /// What a run came to.
    public struct Outcome: Sendable {
        public let history: [EpochRecord]
        /// On the test split; nil where the config names none.
        public let test: Evaluation?
    }

    /// Trains, and writes the run directory: the config at once, a row of figures after each epoch, the model at the
    /// end.
    /// - Throws: `Divergence` where training leaves the finite numbers; the model file then holds the last finite
    ///   parameters. `FileError` and `HDF5Error` where a file can't be written.
    public func run(in directory: RunDirectory, observer: any TrainingObserver) throws -> Outcome {
        try directory.write(resolved)
        try directory.beginMetrics(configuration.metrics, hasValidation: validation != nil)
        let history: [EpochRecord]
        do {
            history = try trainer.fit(observer: Recorder(directory, observer))
        } catch let error as Divergence {
            try save(directory)
            throw error
        }
        try save(directory)
        return Outcome(history: history, test: try test.map { try trainer.evaluate($0) })
    }

    private func save(_ directory: RunDirectory) throws {
        var trained = try trainer.trainedModel()
        trained.configuration = resolved
        try trained.save(directory.modelPath)
    }

    /// Writes each epoch's figures before it is shown.
    ///
    /// `@unchecked Sendable`: the directory is used in `finished` alone, which the fitting thread calls.
    private final class Recorder: TrainingObserver, @unchecked Sendable {
        private let directory: RunDirectory
        private let next: any TrainingObserver

        init(_ directory: RunDirectory, _ next: any TrainingObserver) {
            self.directory = directory
            self.next = next
        }

        func progressed(_ progress: StepProgress) { next.progressed(progress) }

        func finished(_ record: EpochRecord) throws {
            try directory.append(record)
            try next.finished(record)
        }
    }
}
