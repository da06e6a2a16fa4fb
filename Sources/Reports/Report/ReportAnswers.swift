import Batches
import Engine
import Interchange
import Machine
import Metrics
import Network
import Runs

/// A model's answers to the rows of one split, with the truth: what the sections on mistakes, curves and residuals are made of.
package struct ReportAnswers: Sendable {
    /// One output of the model.
    package struct Output: Sendable {
        /// Nil for the only one.
        package let name: String?
        /// Its shape, target form and thresholds.
        package let output: Objective.Output
        /// Row-major: `output.shape.count` numbers a sample.
        package let predictions: [Float]
        /// Whether they are logits, from before the sigmoid or the softmax; else as the model gives them.
        package let areLogits: Bool
        /// Row-major, labels as numbers: `output.targetShape.count` a sample.
        package let targets: [Float]
        /// Nil where none was counted, as of numbers.
        package let confusion: ConfusionMatrix?
        /// Of classes, as the data or the model name them.
        package let classNames: [String]?
    }

    package let model: TrainedModel
    /// The rows that were answered.
    package let data: Dataset
    /// What those are called.
    package let rows: AnswerRows
    /// What the rows are: `the test split of runs/trees, 0.2 of trees.csv`.
    package let words: String
    /// Nil for a file that was named.
    package let split: EvaluatedSplit.Name?
    /// Whether the model was trained on these rows; nil where that is not known.
    package let wasTrainedOn: Bool?
    /// How many rows there are, of which `data` has every so many where all answers would take too much memory.
    package let total: Int
    package let outputs: [Output]
    /// With figures that are judged, confusion matrices and those of several labels.
    package let evaluation: Evaluation

    package var samples: Int { data.count }

    /// The most numbers that are kept, predictions and targets together.
    package static let mostNumbers = 1 << 25

    /// Answers all rows, or as many as `mostNumbers` has room for.
    /// - Parameter rows: names the rows of a dataset.
    /// - Throws: `DataError` and `HDF5Error` where rows can't be read or do not fit, `EvaluationError`, `KernelError`.
    package init(
        _ model: TrainedModel, on whole: Dataset, words: String, split: EvaluatedSplit.Name?, wasTrainedOn: Bool?,
        rows: (Dataset) throws -> AnswerRows, most: Int = mostNumbers
    ) throws {
        let outputs = model.objective.outputs
        let width = outputs.reduce(0) { $0 + $1.shape.count + $1.targetShape.count }
        let data = whole.thinned(to: max(most / max(width, 1), 1))
        let room = try AnswerRoom(model.objective, samples: data.count, prefersLogits: true)
        let evaluation = try model.evaluator(on: data, Parallelism(workers: AvailableCPUs.count)).evaluate(
            byOutput: model.metricsByOutput, countsConfusion: outputs.contains { !$0.targetForm.isOfValues },
            countsOutputs: true, judges: true, keeping: room)
        let (predictions, targets) = room.arrays
        self.outputs = outputs.enumerated().map { index, output in
            Output(
                name: outputs.count > 1 ? output.name : nil, output: output, predictions: predictions[index],
                areLogits: room.areLogits[index] || output.predictsLogits, targets: targets[index], confusion: evaluation.confusions[index],
                classNames: data.classNames(of: output.name) ?? model.classNames(of: output.name))
        }
        (self.model, self.data, self.words, self.split) = (model, data, words, split)
        (self.wasTrainedOn, self.evaluation, total) = (wasTrainedOn, evaluation, whole.count)
        self.rows = try rows(data)
    }

    /// Those of a run's split that tells most: test, else validation, else the rows trained on.
    /// - Throws: as the other, and what `EvaluatedSplit` throws.
    init(ofRun directory: String) throws {
        let split = try EvaluatedSplit(directory)
        try self.init(
            split.model, on: split.data, words: split.words, split: split.name, wasTrainedOn: split.name == .train
        ) { try AnswerRows(of: $0, files: $0.source?.paths() ?? []) }
        // The rows are read from what it holds.
        withExtendedLifetime(split) {}
    }

    /// Those of a run that has just ended, of the same split.
    /// - Throws: as the other.
    init(of run: TrainingRun) throws {
        var model = try run.trainer.trainedModel()
        model.configuration = run.resolved
        let split = run.test != nil ? EvaluatedSplit.Name.test : run.validation != nil ? .validation : .train
        try self.init(
            model, on: run.test ?? run.validation ?? run.training, words: "the \(split.rawValue) split",
            split: split, wasTrainedOn: split == .train
        ) { try AnswerRows(of: $0, files: $0.source?.paths() ?? []) }
    }
}
