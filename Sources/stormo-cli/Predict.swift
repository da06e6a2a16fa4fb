import ArgumentParser
import Foundation
import Kernels
import Training

struct Predict: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write a model's predictions for a dataset to an HDF5 file.",
        discussion: """
            The file gets the dataset predictions, a row for each sample, and for a model of classes the dataset \
            labels with each sample's most probable class. A file that is there already is replaced.
            """)

    @OptionGroup var options: ModelOptions

    @Option(help: ArgumentHelp("The HDF5 file to write.", valueName: "file"))
    var output: String

    func run() throws {
        for input in [options.model, options.data] where Self.isSameFile(input, output) {
            throw UsageError("--output \(output) would replace \(input), which is read; name another file")
        }
        let model = try TrainedModel(contentsOf: options.model)
        let source = options.source(hasTargets: false)
        let data = try Dataset(reading: source, wantsTargets: false)
        let values = try model.evaluator(on: data, options.workers.parallelism, predictsOnly: true).predict()
        try Predictions.write(values, of: model, to: output)
        let shape = model.objective.outputShape
        Console.print(
            "\(output): \(Figures.count(data.count, "prediction"))" + (shape.rank == 0 ? "" : " of \(shape)")
                + " for \(source.inputs) in \(source.file)")
    }

    private static func isSameFile(_ first: String, _ second: String) -> Bool {
        func identity(_ path: String) -> [FileAttributeKey: UInt64]? {
            // The attributes are of a link itself, so follow it first.
            let path = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
            guard let attributes = try? FileManager.default.attributesOfItem(atPath: path),
                let device = attributes[.systemNumber] as? UInt64
                    ?? (attributes[.systemNumber] as? Int).map(UInt64.init),
                let file = attributes[.systemFileNumber] as? UInt64
                    ?? (attributes[.systemFileNumber] as? Int).map(UInt64.init)
            else { return nil }
            return [.systemNumber: device, .systemFileNumber: file]
        }
        guard let first = identity(first), let second = identity(second) else { return false }
        return first == second
    }
}
