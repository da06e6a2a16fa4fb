import Kernels

/// How the targets of an output are scaled for its loss, such as to mean 0 and standard deviation 1.
///
/// With y the result of the output's layer, the loss compares y with (target - offset)·scale, and the prediction is
/// y/scale + offset. So the loss is in scaled units; predictions and metrics are in the targets' units.
public struct TargetScale: Sendable, Hashable {
    /// One number for all of a sample's targets, one for each position of their last axis, or one for each target.
    public let offset: [Double]
    /// As many numbers as `offset` has.
    public let scale: [Double]

    /// - Precondition: both lists have the same length.
    public init(offset: [Double], scale: [Double]) {
        precondition(offset.count == scale.count, "an offset and a scale for each")
        (self.offset, self.scale) = (offset, scale)
    }

    /// Why targets of this shape can't be scaled so, or nil: the rest of a sentence that begins with the constants.
    func problem(with shape: Shape) -> String? {
        guard constantShape(shape) != nil else {
            return "are \(offset.count), but a sample has \(shape) targets"
        }
        let isFinite = zip(offset, scale).allSatisfy { offset, scale in
            Float(offset).isFinite && Float(scale).isNormal && Float(1 / scale).isNormal
        }
        return isFinite ? nil : "are no finite numbers, or too large or too small for floats"
    }

    private func constantShape(_ shape: Shape) -> Shape? {
        switch offset.count {
        case 1: .scalar
        case shape.last: Shape([shape.last])
        case shape.count: shape
        default: nil
        }
    }

    /// The target as the loss takes it.
    func scaled(_ target: Variable) -> Variable { (target - constant(offset, target)) * constant(scale, target) }

    /// The prediction in the targets' own units.
    func restored(_ output: Variable) -> Variable {
        output * constant(scale.map { 1 / $0 }, output) + constant(offset, output)
    }

    private func constant(_ values: [Double], _ variable: Variable) -> Variable {
        variable.graph.constant(values.map { Float($0) }, constantShape(variable.type.shape) ?? .scalar)
    }
}
