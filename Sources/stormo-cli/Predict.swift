import ArgumentParser
import Batches
import Interchange
import Kernels

struct Predict: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write a model's predictions for a dataset to an HDF5 file.",
        discussion: """
            The data are those of an HDF5 file, or a table (.csv, .tsv), whose columns are found by the names that they had \
            when the model was trained on a table.

            The file gets the dataset predictions, a row for each sample, and for a model of classes the dataset \
            labels with each sample's most probable class; for binary outputs labels holds 1 where the probability is \
            above the model's threshold, else 0. Of several outputs each has its own, by its name: \
            predictions/NAME and labels/NAME. Where --unknown skip leaves rows out, the dataset rows holds the numbers of \
            those that are there. A file that is there already is replaced, unless it is a model \
            or one of those that are read.
            """)

    @OptionGroup var options: ModelOptions

    @Option(help: ArgumentHelp("The HDF5 file to write.", valueName: "file"))
    var output: String

    func run() throws {
        let data = DataSource(file: options.data, inputs: "", targets: nil)
        try OutputFile.check(output, "--output", reading: [options.model] + data.paths())
        try predict(TrainedModel(contentsOf: options.model))
    }

    private func predict(_ model: TrainedModel) throws {
        let read = try ModelData(options, for: model, hasTargets: false)
        defer { withExtendedLifetime(read) {} }
        let source = read.source
        let data = try Dataset(reading: source, for: model, wantsTargets: false, unknown: options.unknown)
        for notice in data.notices { Console.error("warning: \(notice)") }
        let values = try model.evaluator(on: data, options.workers.parallelism, predictsOnly: true).predictAll()
        try Predictions.write(values, of: model, rows: data.selectedRows, to: output)
        let shapes = Figures.shapes(of: model.objective)
        Console.print(
            "\(output): \(Figures.count(data.count, "prediction"))" + (shapes.isEmpty ? "" : " of \(shapes)")
                + " for \(source.words)")
        for line in ThresholdText.lines(model.objective.outputs) { Console.print("labels by the " + line) }
        if model.hasSeveralLabels, model.objective.outputs.contains(where: { $0.thresholds != nil }) {
            Console.print("labels by the thresholds of the model")
        }
    }
}
