import ArgumentParser
import Batches
import Configuration
import Engine
import Interchange
import Metrics

struct Evaluate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure the loss and the metrics of a model on a dataset.")

    @OptionGroup var options: ModelOptions

    @Option(help: ArgumentHelp("The dataset of the targets, in place of GROUP/targets.", valueName: "path"))
    var targets: String?

    @Option(
        help: ArgumentHelp("Metrics in place of those of the model's config, separated by commas.", valueName: "names"))
    var metrics: String?

    @Option(
        help: ArgumentHelp(
            "The dataset with a number for each sample by which its loss counts, as data.test.sample_weight.",
            valueName: "path"))
    var sampleWeight: String?

    @Flag(help: "Add the confusion matrix, for a model of classes.")
    var confusion = false

    @Flag(help: "Print one JSON object: samples, loss, metrics by name, and the confusion matrix if asked for.")
    var json = false

    func run() throws {
        let chosen = try metrics.map(Self.kinds)
        let model = try TrainedModel(contentsOf: options.model)
        if confusion, model.objective.targetForm.isOfValues {
            throw UsageError(
                "a confusion matrix needs classes, but \(options.model) predicts numbers; leave out --confusion")
        }
        var source = try options.source(hasTargets: true, targets: targets, for: model)
        source.weights = sampleWeight
        let data = try Dataset(reading: source, for: model)
        for notice in data.notices { Console.error("warning: \(notice)") }
        let kinds = chosen ?? model.metrics
        let result = try model.evaluator(on: data, options.workers.parallelism)
            .evaluate(kinds, countsConfusion: confusion)
        // Some metrics count one on their own account.
        let matrix = confusion ? result.confusion : nil
        if confusion, matrix == nil {
            throw UsageError(
                "a confusion matrix needs one class a sample, but \(options.model) has "
                    + "\(model.objective.outputShape.last) binary outputs; leave out --confusion")
        }
        let classNames = data.classNames ?? model.classNames
        if json {
            Console.print(Self.object(result, kinds, matrix, classNames).jsonText(pretty: false))
        } else {
            Console.print(
                "\(Figures.count(result.samples, "sample")) of \(data.inputs.rowShape) from \(source.inputs) in "
                    + source.file)
            Console.print("loss \(Figures.figure(result.loss))")
            for (kind, value) in zip(kinds, result.metrics) { Console.print("\(kind.name) \(Figures.figure(value))") }
            if let matrix {
                Console.print("\n" + matrix.table(classNames: classNames))
            }
        }
    }

    private static func kinds(_ names: String) throws -> [any Metric] {
        var kinds: [any Metric] = []
        for name in names.split(separator: ",").map({ $0.filter { $0 != " " } }) {
            guard let kind = MetricRegistry.metric(named: name) else {
                throw UsageError("--metrics: \(MetricRegistry.kinds.unknown(name))")
            }
            if !kinds.contains(where: { $0.name == kind.name }) { kinds.append(kind) }
        }
        return kinds
    }

    /// JSON has no NaN: a figure that is not defined becomes null.
    private static func object(
        _ result: Evaluation, _ kinds: [any Metric], _ matrix: ConfusionMatrix?, _ classNames: [String]?
    ) -> JSONNode {
        func number(_ value: Double) -> JSONNode { value.isFinite ? JSONNode(value) : JSONNode(.null) }
        let metrics = zip(kinds, result.metrics).map { JSONNode.Member(key: $0.name, value: number($1)) }
        var object: JSONNode = [
            "samples": JSONNode(result.samples), "loss": number(result.loss), "metrics": JSONNode(.object(metrics)),
        ]
        if let matrix {
            let range = 0..<matrix.classes
            let names = range.map { index in
                classNames.flatMap { $0.indices.contains(index) ? $0[index] : nil } ?? String(index)
            }
            object["confusion"] = [
                "classes": JSONNode(names.map { JSONNode($0) }),
                "counts": JSONNode(range.map { row in JSONNode(range.map { JSONNode(matrix[row, $0]) }) }),
            ]
        }
        return object
    }
}
