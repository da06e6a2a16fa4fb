public import Kernels

/// A loss that is written as arithmetic on variables, whose gradient the graph finds by itself.
///
/// ```swift
/// struct LogCosh: LossFormula {
///     static let name = "log_cosh"
///     init(reading reader: ObjectReader) {}
///     func value(of prediction: Variable, against target: Variable) -> Variable {
///         let error = prediction - target
///         return ((error.exponential() + (-error).exponential()) / 2).logarithm()
///     }
/// }
/// try LossRegistry.kinds.register(LogCosh.self, as: LogCosh.name)
/// ```
///
/// A kernel of its own, as other losses have, computes in fewer passes over memory.
public protocol LossFormula: Loss {
    /// The loss of a sample, or of each of its elements, whose mean is then taken.
    /// - Parameters:
    ///   - prediction: of a sample, in the output's shape.
    ///   - target: in the same shape, scaled where the targets are scaled for the loss.
    func value(of prediction: Variable, against target: Variable) throws -> Variable
}

extension LossFormula {
    /// Numbers, one for each element of a prediction.
    public func targetForm(for prediction: Shape) -> TargetForm { .values(outputs: prediction.last) }

    /// Never called: the graph computes the formula.
    public func makeKernel(_ request: LossKernel.Request) throws(KernelError) -> any Kernel {
        preconditionFailure("the loss '\(Self.name)' is arithmetic on variables and has no kernel")
    }

    /// The node with the loss of each sample.
    /// - Throws: `ObjectiveError` where the formula does not give one number for each sample.
    func applied(to prediction: Variable, _ target: Variable) throws -> Variable {
        guard case .values = targetForm(for: prediction.type.shape) else {
            throw ObjectiveError(
                "\(Self.name) is arithmetic on variables, so its targets must be numbers: its targetForm(for:) gives "
                    + "classes or labels")
        }
        let result = try value(of: prediction, against: target)
        guard result.graph === prediction.graph, result.type.isBatched else {
            throw ObjectiveError(
                "\(Self.name) gives a tensor that all samples share, not one number for each; its value must be made of the "
                    + "prediction")
        }
        return result.type.shape.count == 1 && result.type.shape.rank == 0 ? result : result.mean()
    }
}
