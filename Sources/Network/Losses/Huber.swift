public import Configuration
public import Kernels

/// Huber loss: mean of ½(p - t)² where │p - t│ ≤ δ, else of δ(│p - t│ - ½δ). Quadratic for small errors, linear for
/// large ones.
///
/// Huber, "Robust estimation of a location parameter", 1964. Computed by `HuberKernel`.
public struct Huber: Loss, Hashable {
    public static let name = "huber"

    /// δ, above 0, in the unit of the targets as the loss sees them.
    public let delta: Float

    public init(delta: Float = 1) { self.delta = delta }

    public init(reading reader: ObjectReader) { delta = Float(reader.number("delta", .positive, default: 1)) }

    public var configuration: [JSONNode.Member] { [.init("delta", decimal(delta))] }

    public func targetForm(for prediction: Shape) -> TargetForm { .values(outputs: prediction.last) }

    public func makeKernel(_ request: LossKernel.Request) throws(KernelError) -> any Kernel {
        HuberKernel(request, delta: delta)
    }

    public func value(ofError error: Double) -> Double? {
        let (size, delta) = (abs(error), Double(delta))
        return size <= delta ? size * size / 2 : delta * (size - delta / 2)
    }

    public var keras: KerasObject? { KerasObject("Huber", ["delta": decimal(delta)]) }
}

extension Loss where Self == Huber {
    public static func huber(delta: Float) -> Huber { Huber(delta: delta) }
}
