public import Configuration
public import Kernels

/// Mean absolute error: mean │p - t│, for regression that is robust to outliers. Its gradient is 0 where p = t.
///
/// A constant prediction minimises it at the targets' median (Laplace, 1774). Computed by `MeanAbsoluteErrorKernel`.
public struct MeanAbsoluteError: Loss, Hashable {
    public static let name = "mean_absolute_error"

    public init() {}
    public init(reading reader: ObjectReader) {}

    public func targetForm(for prediction: Shape) -> TargetForm { .values(outputs: prediction.last) }

    public func makeKernel(_ request: LossKernel.Request) throws(KernelError) -> any Kernel {
        MeanAbsoluteErrorKernel(request)
    }

    public func value(ofError error: Double) -> Double? { abs(error) }

    public var keras: KerasObject? { KerasObject("MeanAbsoluteError") }
}

extension Loss where Self == MeanAbsoluteError {
    public static var meanAbsoluteError: MeanAbsoluteError { MeanAbsoluteError() }
}
