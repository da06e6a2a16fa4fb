public import Batches
import Engine
import Network

extension TrainedModel {
    /// The prediction for one sample of a model with one input.
    /// - Parameter input: the values as they are in the data, before normalisation, row-major.
    /// - Throws: as for several samples.
    public func predict(_ input: [Float]) throws -> Prediction { try predict([input])[0] }

    /// The predictions for some samples of a model with one input.
    /// - Parameter workers: the number of threads; one is best for few samples.
    /// - Throws: `DataError` where the rows do not fit the model, hold NaN or infinity, or the model takes a table, of which
    ///   the columns are named (`predict(named:)`); `KernelError`.
    public func predict(_ inputs: [[Float]], workers: Int = 1) throws -> [Prediction] {
        guard !inputs.isEmpty else { return [] }
        if let columns = tables["inputs"], !columns.isPlain {
            throw DataError(
                "the model takes the columns of a table, \(columns.names.prefix(10).joined(separator: ", "))"
                    + (columns.names.count > 10 ? ", …" : "") + ", so name them: predict(named:)")
        }
        guard let shape = objective.model.inputs.first?.shape else { return [] }
        return try predict(Dataset(inputs: inputs, shape: shape), workers: workers)
    }

    /// The predictions for one sample of a model with several inputs, by their names.
    /// - Throws: as for one input.
    public func predict(_ inputs: [String: [Float]]) throws -> Prediction {
        let fields = try objective.model.inputs.compactMap { input in
            try inputs[input.name].map { try DataField(.input, [$0], name: input.name, shape: input.shape) }
        }
        let known = Set(objective.model.inputs.map(\.name))
        if let unknown = inputs.keys.filter({ !known.contains($0) }).min() {
            throw DataError(
                "the data name inputs '\(unknown)', which the model does not have; the model's inputs are "
                    + objective.model.inputs.map(\.name).joined(separator: ", "))
        }
        return try predict(Dataset(fields), workers: 1)[0]
    }

    /// The predictions for the samples of a dataset that fits the model.
    /// - Throws: `DataError` where it does not fit, `HDF5Error` where rows can't be read, `KernelError`.
    public func predict(_ data: Dataset, workers: Int = 1) throws -> [Prediction] {
        let flat = try evaluator(on: data, Parallelism(workers: workers), predictsOnly: true).predictAll()
        return (0..<data.count).map { sample in
            Prediction(
                outputs: zip(objective.outputs, flat).map { output, values in
                    let width = output.shape.count
                    return Prediction.Output(
                        Array(values[sample * width..<(sample + 1) * width]), of: output, in: self)
                })
        }
    }
}
