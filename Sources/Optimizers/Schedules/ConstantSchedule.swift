public import Configuration

/// A constant learning rate: the factor is 1.
public struct ConstantSchedule: Schedule, Hashable {
    public static let name = "constant"

    public init() {}
    public init(reading reader: ObjectReader) {}

    public func factor(step: Int, stepsPerEpoch: Int, epochs: Int) -> Double { 1 }
}

extension Schedule where Self == ConstantSchedule {
    public static var constant: ConstantSchedule { ConstantSchedule() }
}
