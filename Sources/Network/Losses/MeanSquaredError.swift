public import Configuration
public import Kernels

/// factor · mean (p - t)², for regression. The textbook's ½ is `factor: 0.5`.
///
/// Gauss, "Theoria motus", 1809: the estimate of greatest likelihood where errors are normal. Its arithmetic is
/// `MeanSquaredErrorKernel`.
public struct MeanSquaredError: Loss, Hashable {
    public static let name = "mean_squared_error"

    public let factor: Float

    public init(factor: Float = 1) { self.factor = factor }

    public init(reading reader: ObjectReader) {
        factor = Float(reader.number("factor", .positive, default: 1))
    }

    public var configuration: [JSONNode.Member] { [.init("factor", decimal(factor))] }

    public func targetForm(for prediction: Shape) -> TargetForm { .values(outputs: prediction.last) }

    public func makeKernel(_ request: LossKernel.Request) throws(KernelError) -> any Kernel {
        MeanSquaredErrorKernel(request, factor: factor)
    }

    /// Keras's has no factor.
    public var keras: KerasObject? { factor == 1 ? KerasObject("MeanSquaredError") : nil }
}

extension Loss where Self == MeanSquaredError {
    public static func meanSquaredError(factor: Float) -> MeanSquaredError { MeanSquaredError(factor: factor) }
}
