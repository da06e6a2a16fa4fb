import Batches
import Kernels
import Network

/// One forward and backward pass over some rows in which every value and gradient is kept to be looked at.
package final class Inspection {
    private let objective: Objective
    private let replica: Replica
    private let samples: Int
    /// For each output, how many of them its loss is a mean of.
    private let counted: [Double]
    // Held, since the replica points into it.
    private let parameters: AlignedMemory
    /// The gradients of the trained parameters, laid out as they are.
    package let gradients: AlignedMemory

    init(
        _ objective: Objective, parameters: AlignedMemory, pool: Pool, feed: ShardFeed, rows: [Int64],
        _ pass: KernelPass
    ) throws {
        self.objective = objective
        self.parameters = parameters
        samples = rows.count
        replica = try Replica(objective.training, samples: [samples], keepsAll: true)
        gradients = try AlignedMemory(floats: objective.layout.trained.count)
        replica.bind(
            arena: try AlignedMemory(byteCount: replica.arenaBytes), parameters: parameters,
            gradients: gradients)
        rows.withUnsafeBufferPointer { [replica] rows in
            guard let first = rows.baseAddress else { return }
            feed.load(replica, from: pool, rows: first, count: rows.count)
        }
        counted = objective.outputs.map { [replica, samples] output in
            let counted = output.countedSamples(
                targets: replica.tensor(of: output.target, samples: samples), samples: samples)
            return counted > 0 ? counted : 1
        }
        run(pass)
    }

    /// Computes all values and gradients anew, for parameters that have changed.
    func run(_ pass: KernelPass) {
        replica.forward(samples: samples, pass)
        for (output, counted) in counted.enumerated() {
            replica.seed(
                output, samples: samples, scale: Float(objective.outputs[output].weight) * (1 / Float(counted)))
        }
        replica.backward(samples: samples, pass)
    }

    /// The mean loss of a forward pass, added up in double.
    func loss(_ pass: KernelPass) -> Double {
        replica.forward(samples: samples, pass)
        return lastLoss
    }

    /// The mean loss of the last forward pass, added up in double; of several outputs the sum of the means, each times its
    /// weight.
    var lastLoss: Double {
        zip(objective.outputs, counted).reduce(0.0) { sum, pair in
            let losses = replica.value(of: pair.0.sampleLoss, samples: samples)
            return sum + pair.0.weight * (losses.reduce(0.0) { $0 + Double($1) } / pair.1)
        }
    }

    /// Searches inputs, parameters and results in forward order, then gradients in backward order, for the first value that is
    /// not finite.
    /// - Returns: the tensor that holds it, in words; nil where all are finite.
    var firstNonFinite: String? {
        let nodes = objective.training.nodes
        for index in objective.training.computed where nodes[index].type.element == .float32 {
            let values = replica.value(of: index, samples: samples)
            guard VectorLoops.firstNonFinite(values.baseAddress!, count: values.count) != nil else { continue }
            switch nodes[index].kind {
            case .input:
                if let input = objective.inputs.firstIndex(of: index) {
                    return "the input\(objective.words(ofInput: input))"
                }
                let output = objective.outputs.firstIndex { $0.target == index } ?? 0
                return "the target\(objective.words(ofOutput: output))"
            case .parameter: return "the parameter '\(nodes[index].name)'"
            case .constant: return "a constant"
            case .operation:
                if let output = objective.outputs.firstIndex(where: { $0.sampleLoss == index }) {
                    return "the loss\(objective.words(ofOutput: output))"
                }
                return "the output of layer '\(nodes[index].layer?.name ?? nodes[index].name)'"
            }
        }
        for index in objective.training.computed.reversed() {
            guard let values = replica.gradient(of: index, samples: samples),
                VectorLoops.firstNonFinite(values.baseAddress!, count: values.count) != nil
            else { continue }
            if case .parameter = nodes[index].kind { return "the gradient of the parameter '\(nodes[index].name)'" }
            return "the gradient at the output of '\(nodes[index].name)'"
        }
        return nil
    }
}

/// Training diverged: the loss or a gradient is NaN or infinite.
public struct Divergence: Error, Equatable, Sendable, CustomStringConvertible {
    /// Counted from 0.
    public let epoch: Int
    /// The step within the epoch, counted from 0.
    public let step: Int
    /// The first tensor that was found not to be finite, in words.
    public let tensor: String
    /// The rows of the shard in which it was found, or of the whole batch where a layer couples its samples. They are
    /// counted from 0 over all rows that the training split was cut from. Empty where rows are read from files as they
    /// are needed, or the shard could not be found.
    public let rows: [Int]
    /// Whether the parameters whose gradient was finite were updated by the step. If false, no parameter was.
    public let isPartlyStepped: Bool
    /// What is to be tried before a smaller learning rate, such as to scale targets that are large numbers; nil for nothing.
    package var remedy: String? = nil

    /// What happened, without what to do.
    package var brief: String { "training diverged in epoch \(epoch + 1), step \(step + 1): \(tensor) is not finite" }

    public var description: String {
        let shown = rows.prefix(8).map(String.init).joined(separator: ", ") + (rows.count > 8 ? ", …" : "")
        let place = rows.isEmpty ? "" : " (rows \(shown) of the training data)"
        let kept =
            isPartlyStepped
            ? "Where the gradient was finite the parameters have taken that step, elsewhere they are as they were before it"
            : "The parameters are kept as they were before that step"
        let first = remedy.map { "First \($0); else try" } ?? "Try"
        return "\(brief)\(place). \(kept). \(first) a smaller learning_rate, or look at these rows"
    }
}
