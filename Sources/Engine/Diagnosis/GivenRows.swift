import Batches
import Kernels
import Metrics
import Network

/// The first rows of training as the network was given them: in the order of the first epoch, augmented as in its first steps.
package struct GivenRows: Sendable {
    /// What the rows have of one input or one target.
    package struct Part: Sendable {
        /// The input's or the output's; nil for the only one.
        package let name: String?
        package let field: DataField
        /// What `field` is called in messages: a file and a dataset, or a table.
        package let place: String
        /// A row each, as stored: of a table with a category's code, and NaN where a value is missing.
        package let stored: [[Double]]
        /// A row each, as the network was given it, but before normalisation. Empty for targets.
        package let values: [[Float]]
        /// Of one row of `values`.
        package let shape: Shape
        package let isAugmented: Bool
        /// Of a target its form, and where the data name them its classes.
        package let form: TargetForm?
        package let classNames: [String]?
        /// The names of a row's values, where the data have some.
        package let columnNames: [String]?
    }

    package let inputs: [Part]
    package let targets: [Part]

    package var count: Int { inputs.first?.stored.count ?? 0 }
}

extension TrainingEngine {
    /// - Parameters:
    ///   - preprocessings: of each input.
    ///   - most: how many rows, if there are as many.
    /// - Throws: `HDF5Error` and `DataError` where rows can't be read.
    /// - Precondition: no run is under way.
    package func givenRows(_ preprocessings: [Preprocessing], most: Int = 16) throws -> GivenRows {
        let model = objective.model
        let places = try data.places(.input, of: model.inputs.map(\.name))
        let targetPlaces = try data.places(.target, of: objective.outputs.map(\.name))
        var stored = data.fields.map { _ in [[Double]]() }
        var values = places.map { _ in [[Float]]() }
        try reader.begin(epoch: 0)
        for step in 0..<reader.batchesPerEpoch where stored[0].count < most {
            let batch = try reader.next()
            let count = min(batch.count, most - stored[0].count)
            for (place, tensor) in reader.pool.tensors.enumerated() {
                for sample in 0..<count {
                    var row: [Double] = []
                    let index = Int(batch.rows[sample])
                    tensor.forEach(rows: index..<index + 1) { row.append($1) }
                    stored[place].append(row)
                }
            }
            for input in places.indices {
                values[input] += try given(input, batch, count, step: step, preprocessings[input])
            }
        }
        func names(_ list: String, _ part: String?) -> [String]? {
            data.codeNames.lists[CodeNames.key(list, part)]?.names
        }
        let inputs = zip(places, model.inputs).enumerated().map { index, pair in
            GivenRows.Part(
                name: model.inputs.count > 1 ? pair.1.name : nil, field: data.fields[pair.0],
                place: data.place(of: data.fields[pair.0]), stored: stored[pair.0], values: values[index],
                shape: pair.1.shape, isAugmented: augmenters[index] != nil, form: nil, classNames: nil,
                columnNames: names(CodeNames.inputColumns, model.inputs.count > 1 ? pair.1.name : nil))
        }
        let targets = zip(targetPlaces, objective.outputs).map { place, output in
            GivenRows.Part(
                name: objective.outputs.count > 1 ? output.name : nil, field: data.fields[place],
                place: data.place(of: data.fields[place]), stored: stored[place], values: [],
                shape: data.fields[place].field.rowShape, isAugmented: false,
                form: output.targetForm, classNames: data.classNames(of: output.name),
                columnNames: names(CodeNames.targetColumns, objective.outputs.count > 1 ? output.name : nil))
        }
        return GivenRows(inputs: inputs, targets: targets)
    }

    /// An input's rows of a batch, augmented, in the units in which they are stored.
    private func given(
        _ input: Int, _ batch: Batch, _ count: Int, step: Int, _ preprocessing: Preprocessing
    ) throws -> [[Float]] {
        let own = objective.model.inputs[input]
        let (width, element) = (own.shape.count, objective.model.element(of: own))
        let memory = try AlignedMemory(byteCount: count * width * element.byteCount)
        let tensor = TensorPointer(memory.base, element)
        feed.loadInput(of: input, tensor, from: reader.pool, rows: batch.rows, count: count)
        guard case .float32(let floats) = tensor else {
            return (0..<count).map { row in (0..<width).map { Float(tensor.int32s[row * width + $0]) } }
        }
        augmenters[input]?[0].apply(to: floats, targets: nil, count: count, step: step, firstSample: 0)
        return (0..<count).map { row in
            (0..<width).map { preprocessing.stored(floats[row * width + $0], at: $0) }
        }
    }
}
