import ArgumentParser
import Training

struct Train: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Train the model of a config, and write its run directory.",
        discussion: """
            The run directory gets config.json (the config with everything written out), metrics.csv (a row an epoch) \
            and model.h5 (a Keras model file). On a terminal a bar shows how far the run is; otherwise an epoch is one \
            plain line.
            """)

    @OptionGroup var options: ConfigOptions

    @Option(help: WorkerCount.help)
    var workers: WorkerCount?

    @Option(
        help: ArgumentHelp(
            "The run directory; made if need be, and files of an earlier run in it are replaced. (default: runs/NAME, "
                + "or runs/NAME-2 and so on where that is taken)", valueName: "dir"))
    var output: String?

    @Option(
        help: ArgumentHelp(
            "Write a Chrome trace with a lane for each worker and the reader; Perfetto opens it.", valueName: "file"))
    var trace: String?

    @Flag(help: "Print nothing but errors.")
    var quiet = false

    func run() throws {
        let configuration = try options.read(workers: workers)
        let run = try TrainingRun(configuration)
        let directory = try RunDirectory(output ?? RunDirectory.unused(configuration.name))
        if !quiet { introduce(run) }
        if trace != nil {
            // Some 100 MB of JSON at the most; what comes later is left out, and that is said.
            run.trainer.engine.profile = StepProfile(
                workers: run.trainer.engine.parallelism.workers,
                eventCapacity: 600_000 / run.trainer.engine.parallelism.workers)
        }

        let display = ProgressDisplay(
            epochs: configuration.training.epochs, metrics: configuration.metrics, isQuiet: quiet)
        let outcome: TrainingRun.Outcome
        do {
            outcome = try run.run(in: directory, observer: display)
            display.finish()
        } catch {
            display.finish()
            guard error is Divergence else { throw error }
            Console.error("stormo: \(error)")
            Console.error("The model as it was before that step is in \(directory.modelPath)")
            throw ExitStatus.failure
        }
        if !quiet { conclude(run, outcome, directory) }
        if let trace, let profile = run.trainer.engine.profile {
            try ChromeTrace.write(profile, to: trace)
            if !quiet {
                let rest = profile.dropped > 0 ? ", without the last \(Figures.count(profile.dropped, "phase"))" : ""
                Console.print("trace \(trace)\(rest)")
            }
        }
    }

    /// What is trained on what, and how.
    private func introduce(_ run: TrainingRun) {
        let configuration = run.configuration
        let data = run.training
        Console.print(
            "\(configuration.name): \(Figures.count(data.count, "sample")) of \(data.inputs.rowShape) from "
                + configuration.data.train.file)
        let parallelism = run.trainer.engine.parallelism
        let batch = configuration.training.batchSize
        let steps = (data.count + batch - 1) / batch
        Console.print(
            "\(Figures.count(run.trainer.objective.layout.parameterCount, "parameter")), "
                + "\(Figures.count(steps, "step")) of \(Figures.count(batch, "sample")) an epoch, "
                + "\(Figures.count(parallelism.workers, "worker")), \(Figures.count(parallelism.shards, "shard"))",
            style: .dim)
    }

    private func conclude(_ run: TrainingRun, _ outcome: TrainingRun.Outcome, _ directory: RunDirectory) {
        if let stopping = run.configuration.training.earlyStopping {
            var words: [String] = []
            if run.trainer.stoppedEarly, let last = outcome.history.last?.epoch {
                words.append(
                    "stopped after epoch \(last): \(stopping.monitor) has not improved in "
                        + Figures.count(stopping.patience, "epoch"))
            }
            if let epoch = run.trainer.restoredEpoch { words.append("the model is that of epoch \(epoch), the best") }
            if !words.isEmpty { Console.print(words.joined(separator: "; ")) }
        }
        if let test = outcome.test {
            Console.print("test loss \(Figures.figure(test.loss))", style: .bold)
            for (kind, value) in zip(run.configuration.metrics, test.metrics) {
                Console.print("test \(kind.name) \(Figures.figure(value))", style: .bold)
            }
        }
        Console.print("run \(directory.path)", style: .dim)
        Console.print("model \(directory.modelPath)", style: .dim)
    }
}
