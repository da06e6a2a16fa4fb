import Stormo

/// `test_largest_error`: the largest absolute error of all values, with an accumulator of its own. Defined by public
/// interfaces alone, as a program's own would be.
public struct LargestError: Metric {
    public static let names = ["test_largest_error"]
    public init?(name: String) { guard Self.names.contains(name) else { return nil } }

    public var name: String { Self.names[0] }
    public var higherIsBetter: Bool { false }
    public func misfit(_ form: TargetForm) -> String? { form.isOfValues ? nil : "\(name) needs regression values." }
    public func makeAccumulator(_ layout: MetricLayout, capacity: Int) -> (any MetricAccumulator)? {
        Accumulator(width: layout.form.predictionWidth)
    }
    public func value(of counts: MetricCounts) -> Double { (counts.accumulator as? Accumulator)?.largest ?? .nan }

    private final class Accumulator: MetricAccumulator {
        private let width: Int
        private(set) var largest = 0.0

        init(width: Int) { self.width = width }

        func update(_ predictions: UnsafePointer<Float>, _ targets: TensorPointer, rows: Int) {
            let targets = targets.floats
            for index in 0..<rows * width { largest = max(largest, Double(abs(predictions[index] - targets[index]))) }
        }
        func merge(_ other: any MetricAccumulator) {
            if let other = other as? Accumulator { largest = max(largest, other.largest) }
        }
        func reset() { largest = 0 }
        func append(to state: inout [Double]) { state.append(largest) }
        func restore(_ state: inout MetricState, rows: Int) throws(MetricError) { largest = try state.sum() }
    }

    /// Registers it once for all tests.
    public static let isRegistered = (try? MetricRegistry.register(Self.self)) != nil
}
