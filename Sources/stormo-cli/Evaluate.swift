import ArgumentParser
import Batches
import Configuration
import Engine
import Files
import Interchange
import Metrics
import Runs

struct Evaluate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure the loss and the metrics of a model on a dataset.",
        discussion: """
            The data are those of an HDF5 file, or a table (.csv, .tsv), whose columns are found by the names that they had \
            when the model was trained on a table. Of an HDF5 file the inputs and targets are those of /test where it has them, \
            else those that the model's test split names, and then those that it was trained on. The first line says what was \
            measured, and whether the model was trained on it. Of a run's directory the run's own rows are measured, or with \
            --data its model on others.

            Beside each figure stands its 95% interval, what the simplest answer that looks at no input gets on the same rows \
            (the commonest class, the mean of the targets), and the number of rows. Intervals of shares are Wilson's, of ROC AUC \
            Newcombe's, of others by the bootstrap with a fixed seed.
            """)

    @OptionGroup var options: ModelOptions

    @Option(
        help: ArgumentHelp(
            "The dataset of the targets, in place of GROUP/targets; for a model of several outputs NAME=PATH, in place of "
                + "GROUP/targets/NAME. Of several binary values each may be a dataset: these are joined.",
            valueName: "path"), completion: NamesInFile.completion)
    var targets: [String] = []

    @Option(
        help: ArgumentHelp("Metrics in place of those of the model's config, separated by commas.", valueName: "names"))
    var metrics: String?

    @Option(
        help: ArgumentHelp(
            "The dataset with a number for each sample by which its loss counts, as data.test.sample_weight; for a model "
                + "of several outputs NAME=PATH.", valueName: "path"), completion: NamesInFile.completion)
    var sampleWeight: [String] = []

    @Option(
        help: ArgumentHelp(
            "Where a run's directory stands in place of the model, without --data: which of its splits, test, validation or train, is made "
                + "again, to the row. (default: test, or validation where the run has none)",
            valueName: "test|validation|train"))
    var split: EvaluatedSplit.Name?

    @Option(
        name: .customLong("set"), parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "Where a run's data are now, as data.train.file=PATH; may be given several times.", valueName: "path=value")
    )
    var assignments: [String] = []

    @Flag(help: "Add the confusion matrix, for a model of classes.")
    var confusion = false

    @Option(
        help: ArgumentHelp(
            "List so many mistakes, those of which the model is the surest, or the greatest errors of numbers, with the "
                + "numbers of their rows; images are drawn.", valueName: "n"))
    var errors: Int?

    @Flag(
        help: ArgumentHelp(
            "Print one JSON object: samples, loss, metrics by name, figures with what stands beside them, and the confusion "
                + "matrix and the errors if asked for."))
    var json = false

    func validate() throws {
        if let errors, !(1...100_000).contains(errors) {
            throw ValidationError("--errors must be 1 to 100000, but is \(errors)")
        }
    }

    mutating func run() throws {
        let run = try ownSplit()
        let model = try run?.model ?? TrainedModel(contentsOf: options.model)
        let outputs = model.objective.outputs
        let chosen = try metrics.map { try Self.kinds($0, outputs.map(\.name)) }
        if confusion, outputs.allSatisfy(\.targetForm.isOfValues) {
            throw UsageError(
                "a confusion matrix needs classes, but \(options.model) predicts numbers; leave out --confusion")
        }
        let measured = try run.map { Measured($0) } ?? self.measured(for: model)
        defer { withExtendedLifetime(measured) {} }
        let (data, origin) = (measured.data, measured.origin)
        for warning in measured.warnings { Console.error("warning: \(warning)") }
        options.workers.tellIdle(rows: data.count)
        let kinds = chosen ?? model.metricsByOutput
        let room = try errors.map { _ in try AnswerRoom(model.objective, samples: data.count) }
        let result = try model.evaluator(on: data, options.workers.parallelism)
            .evaluate(
                byOutput: kinds, countsConfusion: confusion || model.hasSeveralLabels, countsOutputs: true,
                judges: true, keeping: room)
        let mistakes =
            if let errors, let room { self.mistakes(errors, model, room, try measured.rows()) } else { [MistakeText]() }
        // Some metrics count one on their own account.
        let matrices = zip(outputs, result.confusions).compactMap { output, matrix in
            (confusion ? matrix : nil).map {
                OutputMatrix(
                    output: outputs.count > 1 ? output.name : nil, matrix: $0,
                    classNames: data.classNames(of: output.name) ?? model.classNames(of: output.name))
            }
        }
        let labels = outputs.enumerated().compactMap { index, output in
            let matrices = result.labelConfusions[index]
            return matrices.isEmpty
                ? nil
                : LabelFigures(
                    output: outputs.count > 1 ? output.name : nil, names: model.labelNames(of: output.name),
                    matrices: matrices, areas: result.labelAreas[index], thresholds: output.thresholds)
        }
        let numbers = zip(outputs, result.outputErrors).compactMap { output, errors in
            errors.isEmpty
                ? nil
                : TargetFigures(
                    output: outputs.count > 1 ? output.name : nil, names: model.targetNames(of: output.name),
                    errors: errors)
        }
        if confusion, matrices.isEmpty {
            throw UsageError(
                "a confusion matrix needs one class a sample, but \(options.model) has "
                    + "\(model.objective.outputShape.last) binary outputs, of which each is counted anyway; leave out "
                    + "--confusion")
        }
        let intervalNotes = IntervalNotes.lines(result.figures, model.objective, model.configuration)
        if json {
            var object = Self.object(result, matrices)
            if !intervalNotes.isEmpty { object["notes"] = JSONNode(intervalNotes.map { JSONNode($0) }) }
            object["data"] = JSONNode(measured.words)
            object["rows"] = JSONNode(origin.word)
            if origin == .validation {
                object["chosen_by_rows"] = JSONNode(ValidationUse.chosen(model.configuration).map { JSONNode($0) })
            }
            if !mistakes.isEmpty {
                object["errors"] =
                    outputs.count == 1
                    ? mistakes[0].json
                    : JSONNode(.object(mistakes.map { .init(key: $0.output ?? "", value: $0.json) }))
            }
            for (key, values) in [
                ("thresholds", ThresholdText.json(outputs)),
                ("labels", LabelFigures.json(labels)), ("targets", TargetFigures.json(numbers)),
            ] { if let values { object[key] = values } }
            Console.print(object.jsonText(pretty: false))
        } else {
            Console.print(
                "\(Figures.count(result.samples, "sample")) of \(Figures.shapes(of: data)) from \(measured.words)"
                    + (run == nil || origin == .trained ? origin.words : ""))
            if origin == .validation, let words = ValidationUse.words(model.configuration) { Console.print(words) }
            FigureTable.table(result.figures).print()
            for line in intervalNotes { Console.print(line) }
            for line in ThresholdText.lines(outputs) { Console.print(line) }
            for own in labels { own.print() }
            for own in numbers where own.isShown { own.print() }
            for own in matrices {
                Console.print(
                    "\n" + (own.output.map { "\($0)\n" } ?? "")
                        + own.matrix.table(classNames: own.classNames, width: Terminal.output.columns))
            }
            for own in mistakes { try own.print(data) }
        }
    }

    /// The rows that a model is measured on.
    private struct Measured {
        let data: Dataset
        let words: String
        let origin: RowsOrigin
        let warnings: [String]
        let rows: () throws -> AnswerRows
        /// What the rows are read from.
        private let owner: AnyObject

        init(_ read: ModelData, _ model: TrainedModel, _ path: String, _ unknown: UnknownValues) throws {
            let data = try Dataset(reading: read.source, for: read.model, unknown: unknown)
            (self.data, words, origin) = (data, read.source.words, RowsOrigin(read.source, data, model, path))
            warnings = data.notices
            owner = read
            rows = { try read.rows(of: data) }
        }

        init(_ split: EvaluatedSplit) {
            let data = split.data
            (self.data, words) = (data, split.words)
            owner = split
            origin = split.name == .train ? .trained : split.name == .validation ? .validation : .test
            warnings = split.remarks.map(\.sentence)
            rows = { try split.rows() }
        }
    }

    /// The rows of the file that is given.
    private func measured(for model: TrainedModel) throws -> Measured {
        guard let file = options.data else {
            throw UsageError(
                "there is nothing to measure on; give a file by --data, or a run's directory in place of the model")
        }
        return try Measured(
            ModelData(options, [file], for: model, hasTargets: true, targets: targets, weights: sampleWeight), model,
            options.model, options.unknown)
    }

    /// A split of the run whose directory stands in place of the model; nil where a model does, and where the run's model is to
    /// be measured on a file.
    private mutating func ownSplit() throws -> EvaluatedSplit? {
        try ModelPath.checkThatThereIs(options.model)
        try ModelPath.checkThatItIsNoSource(options.model)
        guard AtomicFile.isDirectory(options.model) else {
            for (option, isGiven) in [("--split", split != nil), ("--set", !assignments.isEmpty)] where isGiven {
                throw UsageError(
                    "\(option) is for a run, and \(options.model) is none; name the run's directory in place of the model"
                )
            }
            return nil
        }
        if let data = options.data {
            for (option, isGiven) in [("--split", split != nil), ("--set", !assignments.isEmpty)] where isGiven {
                throw UsageError(
                    "\(option) is for the run's own rows, and --data \(data) names others; leave out one of the two")
            }
            options.model = try ModelPath.of(options.model)
            return nil
        }
        let given =
            options.givenOfFiles
            + (targets.isEmpty ? [] : ["--targets"]) + (sampleWeight.isEmpty ? [] : ["--sample-weight"])
            + (options.unknown == .error ? [] : ["--unknown"])
        if let option = given.first {
            throw UsageError(
                "\(option) says how a file is read, and without --data the run's own rows are measured, as it read them; leave it "
                    + "out, or name a file by --data")
        }
        return try EvaluatedSplit(options.model, split, assignments: assignments)
    }

    /// The worst answers of each output.
    private func mistakes(
        _ most: Int, _ model: TrainedModel, _ room: AnswerRoom, _ rows: AnswerRows
    ) -> [MistakeText] {
        let (values, truths) = room.arrays
        let outputs = model.objective.outputs
        return outputs.enumerated().map { index, output in
            MistakeText(
                output: outputs.count > 1 ? output.name : nil,
                mistakes: Mistakes(most, values[index], truths[index], of: output, model), rows: rows)
        }
    }

    /// The confusion matrix of an output.
    private struct OutputMatrix {
        /// Nil for the only one.
        let output: String?
        let matrix: ConfusionMatrix
        let classNames: [String]?

        var json: JSONNode {
            let range = 0..<matrix.classes
            let names = range.map { index in
                classNames.flatMap { $0.indices.contains(index) ? $0[index] : nil } ?? String(index)
            }
            return [
                "classes": JSONNode(names.map { JSONNode($0) }),
                "counts": JSONNode(range.map { row in JSONNode(range.map { JSONNode(matrix[row, $0]) }) }),
            ]
        }
    }

    /// The metrics of each output; of several they are called `OUTPUT_METRIC`.
    private static func kinds(_ names: String, _ outputs: [String]) throws -> [[any Metric]] {
        var kinds = outputs.map { _ in [any Metric]() }
        for name in names.split(separator: ",").map({ $0.filter { $0 != " " } }) {
            let found = outputs.indices.lazy.compactMap { output -> (Int, any Metric)? in
                let prefix = outputs.count > 1 ? "\(outputs[output])_" : ""
                guard name.hasPrefix(prefix) else { return nil }
                return MetricRegistry.metric(named: String(name.dropFirst(prefix.count))).map { (output, $0) }
            }.first
            guard let (output, kind) = found else {
                throw UsageError(
                    "--metrics: "
                        + (outputs.count > 1
                            ? "'\(name)' is no metric of an output; write OUTPUT_METRIC, such as \(outputs[0])_accuracy"
                            : MetricRegistry.kinds.unknown(name)))
            }
            if !kinds[output].contains(where: { $0.name == kind.name }) { kinds[output].append(kind) }
        }
        return kinds
    }

    /// JSON has no NaN: a figure that is not defined becomes null.
    private static func object(_ result: Evaluation, _ matrices: [OutputMatrix]) -> JSONNode {
        func number(_ value: Double) -> JSONNode { value.isFinite ? JSONNode(value) : JSONNode(.null) }
        let metrics = result.figures.dropFirst().map { JSONNode.Member(key: $0.name, value: number($0.value)) }
        var object: JSONNode = [
            "samples": JSONNode(result.samples), "loss": number(result.loss), "metrics": JSONNode(.object(metrics)),
            "figures": JSONNode(.object(result.figures.map { .init(key: $0.name, value: $0.node) })),
        ]
        let named = matrices.compactMap { own in own.output.map { JSONNode.Member(key: $0, value: own.json) } }
        if !named.isEmpty {
            object["confusion"] = JSONNode(.object(named))
        } else if let only = matrices.first {
            object["confusion"] = only.json
        }
        return object
    }
}

extension EvaluatedSplit.Name: ExpressibleByArgument {}
