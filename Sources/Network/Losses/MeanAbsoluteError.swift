public import Configuration
public import Kernels

/// mean │p - t│, for regression that outliers shall not decide.
///
/// Laplace, 1774: its smallest value for one number is at the targets' median. Its arithmetic is
/// `MeanAbsoluteErrorKernel`.
public struct MeanAbsoluteError: Loss, Hashable {
    public static let name = "mean_absolute_error"

    public init() {}
    public init(reading reader: ObjectReader) {}

    public func targetForm(for prediction: Shape) -> TargetForm { .values(outputs: prediction.last) }

    public func makeKernel(_ request: LossKernel.Request) throws(KernelError) -> any Kernel {
        MeanAbsoluteErrorKernel(request)
    }

    public var keras: KerasObject? { KerasObject("MeanAbsoluteError") }
}

extension Loss where Self == MeanAbsoluteError {
    public static var meanAbsoluteError: MeanAbsoluteError { MeanAbsoluteError() }
}
