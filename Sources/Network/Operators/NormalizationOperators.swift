import Kernels

/// Batch normalisation: each channel by its mean and variance over the mini-batch.
///
/// Inputs: x (…, c), γ (c) and β (c) if it has such, moving mean (c), moving variance (c). Result: (…, c).
package struct BatchNormalizationOperator: Operator {
    package var momentum: Double
    package var epsilon: Double
    package var hasScale: Bool
    package var hasOffset: Bool
    package var isByShard: Bool
    /// Whether it takes the moving averages in training too, and leaves them alone.
    package var isFrozen: Bool

    package var name: String { "batch normalization" }
    package var backwardReads: (inputs: Bool, output: Bool) { (!isFrozen, false) }
    private var parameterCount: Int { (hasScale ? 1 : 0) + (hasOffset ? 1 : 0) }

    package func isDifferentiable(input: Int) -> Bool { input <= parameterCount && (input == 0 || !isFrozen) }

    package func output(of inputs: [TensorType]) throws(GraphError) -> TensorType {
        guard inputs[0].isBatched, inputs[0].shape.rank > 0 else {
            throw GraphError("\(name): takes a vector or an image of each sample, but was given \(inputs[0].shape)")
        }
        return inputs[0]
    }

    package func coupling(of inputs: [TensorType]) -> SampleCoupling? {
        guard !isFrozen else { return nil }
        let channels = inputs[0].shape.last
        return SampleCoupling(
            forward: [BatchNormalizationKernel.forwardSums(channels: channels)],
            backward: isByShard ? [] : [BatchNormalizationKernel.backwardSums(channels: channels)])
    }

    package func makeKernel(_ request: KernelRequest) throws(KernelError) -> any Kernel {
        let x = request.inputs[0]
        let form = BatchNormalizationForm(
            channels: x.shape.last, momentum: momentum, epsilon: epsilon, hasScale: hasScale, hasOffset: hasOffset,
            isByShard: isByShard)
        let rows = x.rows(samples: request.samples)
        return request.context.isDifferentiable && !isFrozen
            ? BatchNormalizationKernel(rows: rows, form) : StoredNormalizationKernel(rows: rows, form)
    }

    package func operations(inputs: [TensorType], output: TensorType) -> Int { 8 * output.shape.count }
}

/// Each sample's last axes normalised by themselves: layer, root-mean-square and unit normalisation.
///
/// Inputs: x (…, a, b), γ (a, b) and β (a, b) if it has such. Result: as x.
package struct RowNormalizationOperator: Operator {
    package var statistic: RowStatistic
    /// How many of the last axes make a row.
    package var axes: Int
    package var epsilon: Double
    package var hasScale: Bool
    package var hasOffset: Bool

    package var name: String {
        switch statistic {
        case .standard: "layer normalization"
        case .rootMeanSquare: "rms normalization"
        case .length: "unit normalization"
        }
    }

    package func output(of inputs: [TensorType]) throws(GraphError) -> TensorType { inputs[0] }

    package func makeKernel(_ request: KernelRequest) throws(KernelError) -> any Kernel {
        let x = request.inputs[0]
        let count = x.shape.dimensions.suffix(axes).reduce(1, *)
        return RowNormalizationKernel(
            rows: x.count(samples: request.samples) / count, count: count, statistic, epsilon: epsilon,
            hasScale: hasScale, hasOffset: hasOffset)
    }

    package func operations(inputs: [TensorType], output: TensorType) -> Int { 8 * output.shape.count }
}

/// Groups of neighbouring channels of each sample normalised by themselves.
///
/// Inputs: x (…, c), γ (c) and β (c) if it has such. Result: (…, c).
package struct GroupNormalizationOperator: Operator {
    package var groups: Int
    package var epsilon: Double
    package var hasScale: Bool
    package var hasOffset: Bool

    package var name: String { "group normalization" }

    package func output(of inputs: [TensorType]) throws(GraphError) -> TensorType {
        guard inputs[0].isBatched, inputs[0].shape.rank > 0, groups > 0, inputs[0].shape.last % groups == 0 else {
            throw GraphError("\(name): \(inputs[0].shape.last) channels can't be divided into \(groups) equal groups")
        }
        return inputs[0]
    }

    package func makeKernel(_ request: KernelRequest) throws(KernelError) -> any Kernel {
        let shape = request.inputs[0].shape
        return GroupNormalizationKernel(
            samples: request.samples, positions: shape.count / shape.last, channels: shape.last, groups: groups,
            epsilon: epsilon, hasScale: hasScale, hasOffset: hasOffset)
    }

    package func operations(inputs: [TensorType], output: TensorType) -> Int { 8 * output.shape.count }
}
