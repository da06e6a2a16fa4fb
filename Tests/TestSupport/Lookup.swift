import Configuration
import Kernels
import Network

/// Rows of a table by number: dst[i] = W[id[i] - first].
///
/// Inputs: id (…) as integers, W (entries, width). Result: (…, width). An id of no entry gives NaN.
package struct LookupOperator: Operator {
    /// The id of the table's first row.
    package let first: Int
    package init(first: Int = 0) { self.first = first }

    package var name: String { "lookup" }
    package var backwardReads: (inputs: Bool, output: Bool) { (true, false) }
    package func isDifferentiable(input: Int) -> Bool { input == 1 }
    package func accepts(_ element: ElementType, input: Int) -> Bool { element == (input == 0 ? .int32 : .float32) }

    package func output(of inputs: [TensorType]) throws(GraphError) -> TensorType {
        TensorType(Shape(inputs[0].shape.dimensions + [inputs[1].shape.last]), isBatched: inputs[0].isBatched)
    }

    package func makeKernel(_ request: KernelRequest) throws(KernelError) -> any Kernel {
        let table = request.inputs[1].shape
        return LookupKernel(
            count: request.inputs[0].count(samples: request.samples), first: first, entries: table[0], width: table[1])
    }
}

/// The arithmetic of `LookupOperator`.
final class LookupKernel: Kernel {
    private let count, first, entries, width: Int
    private var ids: UnsafeMutablePointer<Int32>?
    private var weights, dst, diffWeights, diffDst: UnsafeMutablePointer<Float>?

    init(count: Int, first: Int, entries: Int, width: Int) {
        (self.count, self.first, self.entries, self.width) = (count, first, entries, width)
    }

    func bind(_ binding: KernelBinding) {
        ids = binding.src[0].int32s
        weights = binding.src[1].floats
        dst = binding.dst.floats
        diffWeights = binding.diffSrc[1]
        diffDst = binding.diffDst
    }

    private func row(_ index: Int) -> Int? {
        guard let ids else { return nil }
        let row = Int(ids[index]) - first
        return row >= 0 && row < entries ? row : nil
    }

    func forward(_ pass: KernelPass) {
        guard let weights, let dst else { return }
        for index in 0..<count {
            let out = dst + index * width
            guard let row = row(index) else {
                out.update(repeating: .nan, count: width)
                continue
            }
            out.update(from: weights + row * width, count: width)
        }
    }

    func backward(_ pass: KernelPass) {
        guard let diffWeights, let diffDst else { return }
        diffWeights.update(repeating: 0, count: entries * width)
        for index in 0..<count {
            guard let row = row(index) else { continue }
            for column in 0..<width { diffWeights[row * width + column] += diffDst[index * width + column] }
        }
    }
}

/// A layer that takes integers: a vector for each id from `first` on.
package struct Lookup: Layer {
    package let entries, width, first: Int
    package init(_ entries: Int, width: Int, first: Int = 0) {
        (self.entries, self.width, self.first) = (entries, width, first)
    }

    /// From the keys of a config.
    package init(reading reader: ObjectReader) {
        entries = reader.integer("entries", in: 1..., default: 1)
        width = reader.integer("width", in: 1..., default: 1)
        first = reader.integer("first", default: 0)
    }

    package var type: String { "lookup" }
    package var hasParameters: Bool { true }
    package var inputElement: ElementType { .int32 }
    package var configuration: [JSONNode.Member] {
        [("entries", entries), ("width", width), ("first", first)].map { .init(key: $0, value: JSONNode($1)) }
    }
    /// That of ids from 0 on.
    package var keras: KerasLayer {
        KerasLayer(
            "Embedding", [("input_dim", entries), ("output_dim", width)].map { .init(key: $0, value: JSONNode($1)) })
    }

    package func apply(to inputs: [Variable], name: String) throws(GraphError) -> Variable {
        let graph = inputs[0].graph
        let table = graph.parameter([entries, width], .glorotUniform, name: "\(name)/table")
        return try graph.apply(LookupOperator(first: first), to: [inputs[0], table], name: name)
    }
}
