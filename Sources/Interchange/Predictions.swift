import Engine
import Files
import HDF5
import Metrics
import Network

/// The file that `predict` writes.
package enum Predictions {
    /// Writes the predictions of a model with one output; see `write(_:of:to:)`.
    package static func write(_ values: [Float], of model: TrainedModel, to path: String) throws {
        try write([values], of: model, to: path)
    }

    /// Writes predictions as the dataset `predictions` (samples, …) and, for a classifier, `labels`: over classes the
    /// index of the largest one; for binary outputs 1 where the probability is above the threshold and else 0, of several
    /// a column for each. The names of the classes are an attribute, `class_names`, those of several binary outputs are
    /// `column_names` of both, and those of several numbers are `column_names` of `predictions`. A NaN has the label -1. Of several outputs each has its own, by its name:
    /// `predictions/digit`, `labels/digit`.
    /// - Parameters:
    ///   - values: of each output, row-major, as `Evaluator.predictAll` gives them.
    ///   - rows: which rows they are for. Where not all are predicted their numbers become the dataset `rows`; where they come
    ///     from several files, or are files, the names of these become the dataset `files`, and the numbers are those in them.
    /// - Throws: `HDF5Error` or `FileError` where it can't be written; nothing half-written stays.
    package static func write(
        _ values: [[Float]], of model: TrainedModel, rows: AnswerRows? = nil, to path: String
    ) throws {
        let samples = values[0].count / model.objective.outputs[0].shape.count
        try write(AnswerStream(Answers(values, of: model, rows: rows ?? AnswerRows(total: samples))), to: path)
    }

    /// Writes answers piece by piece.
    package static func write(_ answers: AnswerStream, to path: String) throws {
        let outputs = answers.model.objective.outputs
        try AtomicFile.replace(path) { sibling in
            let file = try HDF5File.create(sibling)
            let written = try outputs.map { output in
                try OutputDatasets(
                    output, outputs.count > 1 ? "/\(output.name)" : "", answers.model, samples: answers.rows.count,
                    in: file)
            }
            try answers.forEach { piece in
                for (datasets, values) in zip(written, piece.values) { try datasets.write(values, piece.samples) }
            }
            try write(answers.rows, in: file)
            try file.close()
        }
    }

    private static func write(_ rows: AnswerRows, in file: HDF5File) throws {
        let places = (0..<rows.count).lazy.map { rows.place(ofRow: rows.row($0)) }
        if !rows.files.isEmpty {
            try file.root.createDataset("files", .string, shape: [rows.count]).writeStrings(
                places.map { $0.file ?? "" })
        }
        guard rows.numbers != nil || !rows.files.isEmpty, !rows.areFiles else { return }
        try file.root.createDataset("rows", .int64, shape: [rows.count]).write(places.map { Int64($0.row) })
    }
}

/// What the file has of one output.
private struct OutputDatasets {
    private let output: Objective.Output
    private let predictions: HDF5Dataset
    /// Nil for numbers.
    private let labels: HDF5Dataset?
    /// The thresholds of binary outputs.
    private let comparisons: [Float]

    /// Makes the datasets, with their attributes.
    init(
        _ output: Objective.Output, _ suffix: String, _ model: TrainedModel, samples: Int, in file: HDF5File
    ) throws {
        self.output = output
        let shape = output.shape
        predictions = try file.root.createDataset(
            "predictions\(suffix)", .float32, shape: [samples] + shape.dimensions)
        func makeLabels(_ shape: [Int]) throws -> HDF5Dataset {
            try file.root.createDataset("labels\(suffix)", .int64, shape: [samples] + shape)
        }
        switch output.targetForm {
        case .values:
            (labels, comparisons) = (nil, [])
            if let names = model.targetNames(of: output.name), names.count > 1 {
                try predictions.attributes.set("column_names", names)
            }
        case .sparseLabels, .oneHot:
            let own = try makeLabels(shape.dimensions.dropLast())
            (labels, comparisons) = (own, [])
            if let names = model.classNames(of: output.name) { try own.attributes.set("class_names", names) }
        case .binary(let width):
            let own = try makeLabels(width > 1 ? shape.dimensions : shape.dimensions.dropLast())
            (labels, comparisons) = (own, MetricLayout(output).comparisons)
            if let names = model.classNames(of: output.name), names.count == 2 {
                try own.attributes.set("class_names", names)
            }
            if let names = model.labelNames(of: output.name) {
                for dataset in [predictions, own] { try dataset.attributes.set("column_names", names) }
            }
        }
    }

    func write(_ values: [Float], _ samples: Range<Int>) throws {
        guard !samples.isEmpty else { return }
        try predictions.write(values, rows: samples)
        switch output.targetForm {
        case .values: break
        case .sparseLabels, .oneHot:
            let classes = output.shape.last
            try labels?.write(
                stride(from: 0, to: values.count, by: classes).map { start -> Int64 in
                    let row = values[start..<start + classes]
                    return Int64((row.indices.max { row[$0] < row[$1] } ?? start) - start)
                }, rows: samples)
        case .binary(let width):
            try labels?.write(
                values.enumerated().map { index, value -> Int64 in
                    value > comparisons[index % width] ? 1 : value.isNaN ? -1 : 0
                }, rows: samples)
        }
    }
}
