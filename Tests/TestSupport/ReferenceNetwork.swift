import Kernels
import Network

/// A graph computed node by node with the naive references, unfused and in double precision.
package struct ReferenceNetwork {
    private let nodes: [Graph.Node]
    private let samples: Int
    private let pass: KernelPass

    package init(_ graph: Graph, samples: Int, pass: KernelPass) {
        nodes = graph.nodes
        self.samples = samples
        self.pass = pass
    }

    /// A small change to one element of one node's value.
    package struct Change {
        package let node: Int
        package let element: Int
        package let delta: Double

        package init(node: Int, element: Int, delta: Double) {
            (self.node, self.element, self.delta) = (node, element, delta)
        }
    }

    /// The values of all nodes.
    /// - Parameter given: the values of inputs and parameters by node.
    package func values(_ given: [Int: [Double]], changing change: Change? = nil) -> [[Double]] {
        var values: [[Double]] = []
        for index in nodes.indices {
            var value: [Double]
            switch nodes[index].kind {
            case .input, .parameter: value = given[index] ?? []
            case .constant(let constants): value = constants.map(Double.init)
            case .operation(let operation, let inputs):
                value = compute(operation, index, inputs.map { nodes[$0].type }, inputs.map { values[$0] })
            }
            if let change, change.node == index { value[change.element] += change.delta }
            values.append(value)
        }
        return values
    }

    private func compute(
        _ operation: any Operator, _ node: Int, _ types: [TensorType], _ inputs: [[Double]]
    ) -> [Double] {
        let shape = types[0].shape
        switch operation {
        case let dense as DenseOperator:
            let weights = types[1].shape
            let y = Reference.dense(
                inputs[0], inputs[1], bias: inputs.count > 2 ? inputs[2] : nil, inputs: weights[0],
                outputs: weights[1])
            return Reference.activation(dense.activation, y, width: weights[1])
        case let convolution as Convolution2DOperator:
            let weights = types[1].shape
            let window = Reference.Window(
                weights[0], weights[1], stride: (convolution.stride[0], convolution.stride[1]),
                dilation: (convolution.dilation[0], convolution.dilation[1]), same: convolution.same)
            let y = Reference.convolution(
                inputs[0], images(shape), inputs[1], bias: inputs.count > 2 ? inputs[2] : nil, filters: weights[3],
                groups: convolution.groups, window)
            return Reference.activation(convolution.activation, y, width: weights[3])
        case let transpose as ConvolutionTransposeOperator:
            let weights = types[1].shape
            let result = (try? transpose.output(of: types).shape) ?? .scalar
            let window = Reference.Window(
                weights[0], weights[1], stride: (transpose.stride[0], transpose.stride[1]), same: transpose.same)
            return Reference.convolutionTranspose(
                inputs[0], images(result), inputs[1], bias: inputs.count > 2 ? inputs[2] : nil, channels: weights[3],
                window)
        case let padding as ZeroPadding2DOperator:
            return Reference.zeroPadding(inputs[0], images(shape), rows: padding.rows, columns: padding.columns)
        case let sampling as UpSampling2DOperator:
            return Reference.upSampling(
                inputs[0], images(shape), (sampling.factors[0], sampling.factors[1]), sampling.interpolation)
        case let batch as BatchNormalizationOperator:
            // The inputs behind x: γ and β where they are, then the moving averages.
            let channels = shape.last
            let gamma = batch.hasScale ? inputs[1] : nil
            let beta = batch.hasOffset ? inputs[batch.hasScale ? 2 : 1] : nil
            guard !batch.isFrozen else {
                let (mean, variance) = (inputs[inputs.count - 2], inputs[inputs.count - 1])
                return inputs[0].indices.map { index in
                    let channel = index % channels
                    let deviation = (variance[channel] + batch.epsilon).squareRoot()
                    return (inputs[0][index] - mean[channel]) / deviation * (gamma?[channel] ?? 1)
                        + (beta?[channel] ?? 0)
                }
            }
            return Reference.normalized(
                inputs[0], groups: { $0 % channels }, parameters: { $0 % channels }, gamma, beta,
                epsilon: batch.epsilon)
        case let row as RowNormalizationOperator:
            let count = shape.dimensions.suffix(row.axes).reduce(1, *)
            return Reference.normalized(
                inputs[0], row.statistic, groups: { $0 / count }, parameters: { $0 % count },
                row.hasScale ? inputs[1] : nil, row.hasOffset ? inputs[row.hasScale ? 2 : 1] : nil,
                epsilon: row.epsilon)
        case let group as GroupNormalizationOperator:
            let channels = shape.last
            let width = channels / group.groups
            return Reference.normalized(
                inputs[0], groups: { $0 / shape.count * group.groups + $0 % channels / width },
                parameters: { $0 % channels }, group.hasScale ? inputs[1] : nil,
                group.hasOffset ? inputs[group.hasScale ? 2 : 1] : nil, epsilon: group.epsilon)
        case let pooling as Pooling2DOperator:
            let size = pooling.size ?? [shape[0], shape[1]]
            let window = Reference.Window(
                size[0], size[1], stride: (pooling.stride[0], pooling.stride[1]), same: pooling.same)
            return Reference.pooling(pooling.reduction, inputs[0], images(shape), window)
        case let activation as ActivationOperator:
            return Reference.activation(activation.activation, inputs[0], width: shape.last)
        case let binary as BinaryOperator:
            let rank = max(types[0].shape.rank, types[1].shape.rank)
            let shapes = types.map { type in
                [type.isBatched ? samples : 1] + Array(repeating: 1, count: rank - type.shape.rank)
                    + type.shape.dimensions
            }
            return Reference.binary(binary.operation, inputs[0], shapes[0], inputs[1], shapes[1])
        case let unary as UnaryOperator:
            return Reference.unary(unary.function, inputs[0])
        case let sum as SumOperator:
            let sums = Reference.sum(inputs[0], width: shape.count)
            return sum.isMean ? sums.map { $0 / Double(shape.count) } : sums
        case is ReshapeOperator:
            return inputs[0]
        case let concatenate as ConcatenateOperator:
            let axis = concatenate.axis < 0 ? concatenate.axis + shape.rank : concatenate.axis
            let batch = types[0].isBatched ? samples : 1
            return Reference.concatenate(
                inputs, shapes: types.map { [batch] + $0.shape.dimensions }, axis: axis + 1)
        case let dropout as DropoutOperator:
            let mask = Reference.dropoutMask(
                samples: types[0].isBatched ? samples : 1, width: shape.count, rate: dropout.rate, layer: node, pass)
            return zip(inputs[0], mask).map { $0 * $1 }
        case let lookup as LookupOperator:
            let width = types[1].shape.last
            return inputs[0].flatMap { id in (0..<width).map { inputs[1][(Int(id) - lookup.first) * width + $0] } }
        case let loss as LossOperator:
            return Reference.loss(
                loss.loss, fromLogits: loss.takesLogits, inputs[0], target: inputs[inputs.count - 1],
                rows: shape.count / shape.last, width: shape.last)
        default:
            fatalError("no reference for \(operation.name)")
        }
    }

    private func images(_ shape: Shape) -> Reference.Images { .init(samples, shape[0], shape[1], shape[2]) }
}
