public import Configuration
public import Kernels

/// Mean squared error: factor · mean (p - t)², for regression. `factor: 0.5` gives the textbook's ½(p - t)².
///
/// Minimising it gives the maximum-likelihood estimate for normally distributed errors (Gauss, "Theoria motus", 1809).
/// Computed by `MeanSquaredErrorKernel`.
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

    public func value(ofError error: Double) -> Double? { Double(factor) * error * error }

    /// Nil with a factor other than 1, since Keras's loss has none.
    public var keras: KerasObject? { factor == 1 ? KerasObject("MeanSquaredError") : nil }
}

extension Loss where Self == MeanSquaredError {
    public static func meanSquaredError(factor: Float) -> MeanSquaredError { MeanSquaredError(factor: factor) }
}
