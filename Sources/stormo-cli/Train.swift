import ArgumentParser
import Benchmark
import Configuration
import Engine
import Files
import Machine
import Reports
import Runs

struct Train: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Train the model of a config, and write its run directory.",
        discussion: """
            The config may name a table (.csv, .tsv) as it is, which is converted once; stormo init makes a config for one.

            The run directory gets config.json (the config with everything written out), metrics.csv (a row an epoch), \
            metrics.json (the final figures), times.csv, model.h5 (a Keras model file), checkpoints, and in cache what tables were converted to. On a terminal a bar shows how far the run is; \
            otherwise an epoch is one plain line.

            SIGINT and SIGTERM end the run after the step, with its state saved; stormo train --resume goes on with it, \
            to the same result to the bit. SIGHUP saves the state and goes on. A second SIGINT ends the process at once.
            """)

    @Argument(
        help: "The config, a JSON file; not needed with --resume.", completion: .file(extensions: ["json"]))
    var config: String?

    @Option(
        name: .customLong("set"), parsing: .unconditionalSingleValue,
        help: ConfigOptions.assignmentHelp)
    var assignments: [String] = []

    @Option(
        help: ArgumentHelp(
            "Go on with the run in this directory. What may change: training.epochs, training.early_stopping.patience, checkpoint, export, logging, name and "
                + "--workers, data.memory_limit of a run whose data were in memory, and data.train.file and the like where "
                + "the same data are elsewhere.", valueName: "dir"), completion: .directory)
    var resume: String?

    @Option(help: WorkerCount.help)
    var workers: WorkerCount?

    @Option(
        help: ArgumentHelp(
            "The run directory; made if need be. One that holds a run is refused, unless that one is finished and has the "
                + "same config and data. (default: runs/NAME, or runs/NAME-2 and so on where that is taken)",
            valueName: "dir"), completion: .directory)
    var output: String?

    @Flag(help: "Replace the run that the --output directory holds; its model and checkpoints are lost.")
    var overwrite = false

    @Option(
        help: ArgumentHelp(
            "Write a Chrome trace with a lane for each worker and the reader; Perfetto opens it.", valueName: "file"),
        completion: .file())
    var trace: String?

    @Flag(
        help:
            "Show curves, figures and warnings on the whole terminal while training goes on; stormo watch does so for a run of another process."
    )
    var dashboard = false

    @Flag(help: "Print nothing but errors, no warnings either: stormo check tells those.")
    var quiet = false

    func validate() throws {
        if config == nil, resume == nil { throw ValidationError("name a config, or a run directory with --resume") }
        if dashboard, quiet { throw ValidationError("--dashboard shows what --quiet hides; leave out one of the two") }
        if resume != nil, output != nil {
            throw ValidationError("a resumed run stays in its directory: leave out --output")
        }
        if workers != nil, ConfigOptions.sets("parallel.workers", assignments) {
            throw ValidationError("--workers and --set parallel.workers say the same; give one")
        }
        if overwrite, output == nil {
            throw ValidationError(
                resume == nil
                    ? "--overwrite belongs to --output, whose run it replaces: name the directory"
                    : "a resumed run is not replaced: leave out --overwrite")
        }
    }

    func run() throws {
        // A signal could not be waited for without a thread.
        try ThreadRoom.requireOthers()
        let signals = Signals()
        if dashboard, !Terminal.output.isInteractive {
            Console.print(
                "note: --dashboard needs a terminal, and the standard output is none; so each epoch is told in a line")
        }
        if let resume { return try continueRun(in: resume, signals) }
        let configuration = try ConfigOptions.read(config ?? "", assignments, workers: workers)
        try checkTrace(configuration, [config ?? ""])
        if let output { return try begin(configuration, in: output, signals) }
        let path = try signals.making { try RunDirectory.unused(configuration.name) }
        do {
            try begin(configuration, in: path, signals)
        } catch {
            RunDirectory.remove(unused: path)
            throw error
        }
    }

    /// Trains a new run.
    private func begin(_ configuration: RunConfiguration, in path: String, _ signals: Signals) throws {
        let target = try RunOutput(path, overwrites: overwrite, config: config ?? "", folds: configuration.data.folds)
        let tables = try ConvertedTables(configuration.data, cache: RunDirectory.cachePath(of: path)).tables
        // Not before data that can't be read.
        let usual = "runs/\(configuration.name)"
        if output == nil, path != usual {
            Console.remarks(
                [
                    .note(
                        "\(usual) is there already, so this run is written to \(path); --output \(ShellWord.quoted(usual)) "
                            + "--overwrite would replace it")
                ], isQuiet: quiet, areRepeated: false)
        }
        if let folds = configuration.data.folds {
            try CrossValidation(configuration, path, folds: folds, isQuiet: quiet).run { fold, directory in
                try train(configuration, tables, in: directory, signals, fold: fold, of: path, to: target)
            }
            return
        }
        try train(configuration, tables, in: path, signals, to: target)
    }

    /// The trace must not replace what the run reads, nor that of another fold.
    private func checkTrace(_ configuration: RunConfiguration, _ others: [String]) throws {
        if trace != nil, let folds = configuration.data.folds {
            throw UsageError("--trace is of one run, and data.k_fold makes \(folds); leave one of the two out")
        }
        if let trace { try OutputFile.check(trace, "--trace", reading: others + configuration.data.paths()) }
    }

    /// Goes on with the run in a directory, or with the folds in it.
    private func continueRun(in path: String, _ signals: Signals) throws {
        let directory = path.hasSuffix("/") ? String(path.dropLast()) : path
        if let first = FoldDirectory.names(in: directory).first {
            let earlier = try EarlierRun("\(directory)/\(first)")
            var configuration = try RunConfiguration(continued(earlier), directory: "")
            configuration.parallel.override = workers?.override
            guard let folds = configuration.data.folds else {
                throw UsageError("\(directory)/\(first) is no fold of a cross-validation; resume a run of its own")
            }
            try checkTrace(configuration, [])
            let tables = try ConvertedTables(
                configuration.data, cache: RunDirectory.cachePath(of: directory), resumes: true,
                begunWith: earlier.record
            ).tables
            // A fold that is finished has no epoch left, and one that was not begun begins.
            try CrossValidation(configuration, directory, folds: folds, isQuiet: quiet).run { fold, path in
                FoldDirectory.hasBegun(path)
                    ? try continueRun(with: path, signals, of: directory)
                    : try train(configuration, tables, in: path, signals, fold: fold, of: directory)
            }
            return
        }
        try continueRun(with: directory, signals)
    }

    /// The config of a run that is gone on with: its own, or the one given, as the command line changes it.
    private func continued(_ earlier: EarlierRun) throws -> ConfigurationDocument {
        if let config {
            let given = try earlier.completing(ConfigOptions.document(config, assignments))
            let configuration = try RunConfiguration(given, directory: ConfigOptions.directory(of: config))
            // Written out in the same way as the run's own, it can be compared.
            let run = try TrainingRun(configuration, tables: ConvertedTables(configuration.data).tables)
            return try ConfigurationDocument(text: run.resolved.jsonText(), file: config)
        }
        var document = earlier.document
        for assignment in assignments { try document.set(assignment) }
        return try earlier.moved(document)
    }

    @discardableResult
    private func continueRun(with directory: String, _ signals: Signals, of whole: String? = nil) throws
        -> FinalFigures?
    {
        let earlier = try EarlierRun(directory)
        if earlier.step != nil { signals.resuming(directory) }
        let document = try continued(earlier)
        try earlier.check(document)
        var configuration = try RunConfiguration(document, directory: "")
        configuration.parallel.override = workers?.override
        try checkTrace(configuration, [config, "\(directory)/config.json"].compactMap { $0 })
        for (file, reason) in earlier.damaged {
            Console.error(
                "stormo: passed over a damaged checkpoint: \(reason.contains(file) ? "" : "\(file): ")\(reason)")
        }
        if !quiet {
            Console.print(
                earlier.step.map { "resuming \(directory) at step \($0)" }
                    ?? "resuming \(directory): nothing was saved yet, so it begins anew", style: .dim)
        }
        // The tables of a fold are those of all folds.
        let tables = try ConvertedTables(
            configuration.data, cache: RunDirectory.cachePath(of: FoldDirectory.whole(of: directory)), resumes: true,
            begunWith: earlier.record
        ).tables
        return try train(
            configuration, tables, in: directory, signals, fold: FoldDirectory.number(of: directory), of: whole,
            resuming: earlier)
    }

    /// - Parameters:
    ///   - whole: the directory of the cross-validation that the run is a fold of.
    ///   - target: where a new run is written to; nil for one that is gone on with.
    /// - Returns: what the run came to.
    @discardableResult
    private func train(
        _ configuration: RunConfiguration, _ tables: PreparedTables, in path: String, _ signals: Signals,
        fold: Int? = nil,
        of whole: String? = nil, resuming earlier: EarlierRun? = nil, to target: RunOutput? = nil
    ) throws -> FinalFigures? {
        let run = try TrainingRun(configuration, fold: fold, resuming: earlier, tables: tables)
        let directory = try RunDirectory(path)
        let lock = try RunLock(directory.path)
        defer { lock.release() }
        try target?.prepare(directory.path, for: run)
        directory.removeLeftovers()
        if let process = lock.replacedStale {
            Console.error(
                "stormo: took over the lock of process \(process), which has ended without giving it back")
        }
        if !quiet {
            introduce(run)
            // They are the same for all folds.
            if fold ?? 0 == 0 { ConvertedTables.print(tables, in: whole ?? directory.path) }
        }
        Console.remarks(run.remarks, isQuiet: quiet, areRepeated: fold ?? 0 > 0)
        if trace != nil {
            // Some 100 MB of JSON at the most; what comes later is left out, and that is said.
            run.trainer.engine.profile = StepProfile(
                workers: run.trainer.engine.parallelism.workers,
                eventCapacity: 600_000 / run.trainer.engine.parallelism.workers)
        }

        let display = display(of: run, in: directory.path, resuming: earlier)
        let outcome: TrainingRun.Outcome
        signals.begin()
        do {
            outcome = try run.run(in: directory, observer: display, stop: signals.request)
            display.finish()
        } catch {
            display.finish()
            guard error is Divergence || error is EvaluationError else { throw error }
            Console.error("stormo: \(error)")
            if error is Divergence {
                Console.error(
                    run.modelFailure.map { "These parameters could not be saved: \($0)" }
                        ?? "The model with these parameters is \(directory.modelPath)")
            }
            Console.error(
                run.lastCheckpoint.map { "The last checkpoint, of step \($0.step), is \($0.path)" }
                    ?? "No checkpoint had been saved before")
            throw ExitStatus.failure
        }
        if let signal = outcome.signal {
            if let failure = outcome.saveFailure {
                Console.error(
                    "stormo: the run was ended by \(Signals.name(signal)), and its state could not be saved: \(failure)"
                )
                if let last = run.lastCheckpoint {
                    Console.error("The last checkpoint, of step \(last.step), is \(last.path); to go on from there:")
                    Console.error("  \(ResumeHint.command(whole ?? directory.path))")
                } else {
                    Console.error("No checkpoint had been saved before: there is nothing to go on from")
                }
            } else if !quiet {
                Console.print("ended by \(Signals.name(signal)); to go on:")
                Console.print("  \(ResumeHint.command(whole ?? directory.path))", style: .bold)
            }
            lock.release()
            Console.exit(128 + signal)
        }
        Console.remarks(run.trainer.remarks, isQuiet: quiet, areRepeated: fold ?? 0 > 0)
        if !quiet { conclude(run, outcome, directory) }
        if let trace, let profile = run.trainer.engine.profile {
            try ChromeTrace.write(profile, to: trace)
            if !quiet {
                let rest = profile.dropped > 0 ? ", without the last \(Figures.count(profile.dropped, "phase"))" : ""
                Console.print("trace \(trace)\(rest)")
            }
        }
        if outcome.saveFailure != nil {
            Console.error("stormo: the run is finished, but some of its states or figures could not be saved")
            throw ExitStatus.failure
        }
        return outcome.figures
    }

    /// A bar with lines, or the dashboard, which begins to cover the terminal at once.
    private func display(of run: TrainingRun, in directory: String, resuming earlier: EarlierRun?) -> any TrainDisplay {
        let (epochs, figures) = (run.configuration.training.epochs, run.trainer.figures.figures)
        guard dashboard, Terminal.output.isInteractive else {
            return ProgressDisplay(epochs: epochs, figures: figures, isQuiet: quiet)
        }
        // What was written after the checkpoint is trained again.
        let step = earlier?.step ?? 0
        let history = step > 0 ? (try? RunHistory(soFar: directory))?.records.filter { $0.step <= step } : nil
        return DashboardDisplay(
            directory, epochs: epochs, figures: figures, history: history ?? [],
            warnings: run.remarks.filter { $0.kind == .warning }.map(\.sentence))
    }

    /// What is trained on what, and how.
    private func introduce(_ run: TrainingRun) {
        let configuration = run.configuration
        let data = run.training
        Console.print(
            "\(configuration.name): \(Figures.count(data.count, "sample")) of \(Figures.shapes(of: data)) from "
                + configuration.data.train.file)
        let parallelism = run.trainer.engine.parallelism
        let batch = min(configuration.training.wholeBatch, data.count)
        let steps = (data.count + batch - 1) / batch
        Console.print(
            "\(Figures.parameters(run.trainer.objective.layout)), "
                + "\(Figures.count(steps, "step")) of \(Figures.count(batch, "sample")) an epoch, "
                + "\(Figures.count(parallelism.workers, "worker")), \(Figures.count(parallelism.shards, "shard"))",
            style: .dim)
        if !data.isInMemory {
            Console.print(
                "\(ByteCount(data.byteCount)) do not fit into \(ByteCount(data.windowBytes)) of memory: rows are read as "
                    + "they are wanted", style: .dim)
        }
    }

    /// What the model came to: on the test split, or else on the rows that are nearest to such.
    private func conclude(_ figures: FinalFigures, _ run: TrainingRun) {
        let (name, own) =
            !figures.test.isEmpty
            ? ("test", figures.test)
            : !figures.validation.isEmpty ? ("validation", figures.validation) : ("train", figures.train)
        if name == "validation" {
            let words = ValidationUse.words(run.resolved).map { "; \($0)" } ?? ""
            Console.print("without a test split, on the validation rows\(words):")
        } else if name == "train" {
            Console.print(
                "without a test or validation split, on the rows that were trained on: means over the model's epoch, which say "
                    + "nothing of new rows:")
        }
        for figure in own { Console.print("\(name) \(FigureTable.line(figure))", style: .bold) }
        // What training measured on its way has no intervals at all.
        guard name != "train" else { return }
        for line in IntervalNotes.lines(own, run.trainer.objective, run.resolved) { Console.print(line) }
    }

    private func conclude(_ run: TrainingRun, _ outcome: TrainingRun.Outcome, _ directory: RunDirectory) {
        if let stopping = run.configuration.training.earlyStopping {
            var words: [String] = []
            if run.trainer.stoppedEarly, let last = outcome.history.last?.epoch {
                words.append(
                    "stopped after epoch \(last): \(stopping.monitor) "
                        + (run.trainer.watchedFigureIsUndefined
                            ? "was undefined in each of them, so that none is the best"
                            : "has not improved in \(Figures.count(stopping.patience, "epoch"))"))
            }
            if let epoch = run.trainer.restoredEpoch { words.append("the model is that of epoch \(epoch), the best") }
            if !words.isEmpty { Console.print(words.joined(separator: "; ")) }
        }
        if let figures = outcome.figures { conclude(figures, run) }
        Console.print("run \(directory.path)", style: .dim)
        Console.print("model \(directory.modelPath)", style: .dim)
    }
}
