import Batches
import Kernels
import Metrics
import Network

/// Brings samples to a replica: gathers them out of the pool, normalises them and encodes their targets on the way.
package struct ShardFeed {
    package let objective: Objective
    /// In the order of the model's inputs.
    private let inputs: [Source]
    /// In the order of its outputs; none where the data have no targets.
    private let targets: [Target]

    /// A field that becomes an input.
    private struct Source {
        let place: Int
        let node: Int
        /// What makes the model's features of a table's raw row; nil where it takes the row as it is.
        let encoder: RowEncoder?
        let constants: RowConstants?
    }

    /// A field that becomes an output's targets.
    private struct Target {
        let place: Int
        let node: Int
        let encoding: TargetEncoding
    }

    /// - Parameter preprocessing: of each of the model's inputs.
    /// - Throws: `DataError` where the data do not have what the model takes, the targets do not fit the loss, or integers
    ///   were to be normalised.
    package init(_ objective: Objective, on data: Dataset, preprocessing: [Preprocessing]) throws {
        let names = objective.model.inputs.map(\.name)
        guard preprocessing.count == names.count else {
            throw DataError(
                "the model has the inputs \(names.joined(separator: ", ")), but the preprocessing is that of "
                    + "\(preprocessing.count)")
        }
        for (index, input) in objective.model.inputs.enumerated()
        where preprocessing[index].kind != .none && objective.model.element(of: input) != .float32 {
            throw DataError(
                "the inputs\(objective.words(ofInput: index)) are normalised by \(preprocessing[index].kind.rawValue), but the "
                    + "model takes whole numbers (\(objective.model.element(of: input))), which stand for themselves; set data.normalize to none"
            )
        }
        self.objective = objective
        inputs = try zip(data.places(.input, of: names), preprocessing).enumerated().map { input, pair in
            let field = data.fields[pair.0].field
            if field.encoder != nil, objective.model.element(of: objective.model.inputs[input]) != .float32 {
                throw DataError(
                    "\(data.place(of: data.fields[pair.0])) is a table whose columns become features, but the model takes "
                        + "whole numbers, which stand for themselves")
            }
            return Source(
                place: pair.0, node: objective.inputs[input], encoder: field.encoder,
                constants: try pair.1.rowConstants(field.featureShape))
        }
        let places = data.hasTargets ? try data.places(.target, of: objective.outputs.map(\.name)) : []
        targets = try zip(places, objective.outputs).map { place, output in
            Target(
                place: place, node: output.target, encoding: try data.encoding(of: data.fields[place], for: output))
        }
    }

    package init(_ objective: Objective, on data: Dataset, preprocessing: Preprocessing) throws {
        try self.init(objective, on: data, preprocessing: [preprocessing])
    }

    /// - Parameter rows: where the samples stand in the pool.
    @inline(__always)
    package func load(
        _ replica: Replica, from pool: Pool, rows: UnsafePointer<Int64>, count: Int, wantsTargets: Bool = true
    ) {
        for input in inputs.indices {
            let (tensor, dst) = (
                pool.tensors[inputs[input].place], replica.tensor(of: inputs[input].node, samples: count)
            )
            if let encoder = inputs[input].encoder {
                encoder.gather(
                    tensor.type, from: tensor.memory.base, rows: rows, count: count, into: dst.floats,
                    constants: inputs[input].constants)
            } else {
                tensor.gather(into: dst, rows: rows, count: count, constants: inputs[input].constants)
            }
        }
        guard wantsTargets else { return }
        for output in targets.indices {
            loadTargets(
                of: output, replica.tensor(of: targets[output].node, samples: count), from: pool, rows: rows,
                count: count)
        }
    }

    @inline(__always)
    func loadTargets(
        of output: Int, _ target: TensorPointer, from pool: Pool, rows: UnsafePointer<Int64>, count: Int
    ) {
        targets[output].encoding.gather(pool.tensors[targets[output].place], into: target, rows: rows, count: count)
    }

    /// The number of an output's training samples of each class.
    func labelCounts(of output: Int, in data: Dataset) throws -> [Int] {
        let target = targets[output]
        return try data.labelCounts(
            of: data.fields[target.place].field, target.encoding, MetricLayout(objective.outputs[output]))
    }

    /// The largest input of a row of the data, in words, with what normalisation makes of it.
    func largestInput(ofRow row: Int, in data: Dataset) throws -> String {
        var largest: (size: Float, words: String) = (-1, "")
        for (index, input) in inputs.enumerated() {
            let field = data.fields[input.place].field
            let width = field.featureShape.count
            let tensor = try field.features(ofRow: row)
            var (values, zero) = ([Float](repeating: 0, count: width), Int64(0))
            tensor.gather(
                into: &values, rows: &zero, count: 1, offset: input.constants?.offset, scale: input.constants?.scale,
                exactOffset: input.constants?.exactOffset)
            var stored = [Double](repeating: 0, count: width)
            tensor.forEach { stored[$0] = $1 }
            let element = values.indices.max { abs(values[$0]) < abs(values[$1]) } ?? 0
            guard !(abs(values[element]) <= largest.size) else { continue }
            let name = objective.inputs.count > 1 ? " of '\(objective.model.inputs[index].name)'" : ""
            let normalised = input.constants == nil ? "" : ", normalised \(values[element])"
            largest = (
                abs(values[element]), "\(field.words(ofFeature: element))\(name), \(stored[element])\(normalised)"
            )
        }
        return largest.words
    }
}
