import Batches
import Configuration
import Kernels
import Network

extension KerasFormat {
    /// Deviations for which Keras's `Normalization` computes (x - mean) / deviation: it divides by no less than 1e-7,
    /// and holds the variance in single precision.
    private static let normalizable = 1e-6...1e18

    /// The layers that do to their inputs what preprocessing does, (x - offset)·scale; none for none.
    ///
    /// A `Normalization` where it can say it. Else a `Rescaling`, x·scale + offset, which says the same in all versions
    /// of Keras; and where the offset is large beside the deviation two of them, the first of which takes the offset off:
    /// x·scale would lose the digits that tell the samples apart.
    static func preprocessingLayers(_ preprocessing: Preprocessing, _ shape: Shape) -> [KerasLayer] {
        let (offset, scale) = (preprocessing.offset, preprocessing.scale)
        if preprocessing.kind == .none { return [] }
        // A list for each axis, where each number of a row has constants of its own; all alike are one number.
        func constants(_ values: [Double]) -> JSONNode {
            if preprocessing.scope == .all || shape.rank == 0 { return JSONNode(values[0]) }
            let isNested = preprocessing.scope == .feature && shape.rank > 1
            return nested(values[...], isNested ? shape.dimensions : [values.count])
        }
        // `Normalization` keeps an axis, of which single numbers have none.
        if preprocessing.scope != .all, shape.rank > 0, scale.allSatisfy({ normalizable.contains(1 / $0) }) {
            let axes: JSONNode =
                preprocessing.scope == .feature && shape.rank > 1
                ? JSONNode((1...shape.rank).map { JSONNode($0) }) : -1
            return [
                KerasLayer(
                    "Normalization",
                    [
                        .init(key: "axis", value: axes), .init(key: "mean", value: constants(offset)),
                        .init(key: "variance", value: constants(scale.map { 1 / ($0 * $0) })),
                    ])
            ]
        }
        let shift = zip(offset, scale).map { $0 == 0 ? 0 : -$0 * $1 }
        if shift.allSatisfy({ abs($0) <= 8 }) { return [rescaling(constants(scale), constants(shift))] }
        return [
            rescaling(1.0, constants(offset.map { $0 == 0 ? 0 : -$0 })), rescaling(constants(scale), 0.0),
        ]
    }

    /// The layer that brings an output to its targets' units, y/scale + offset.
    static func rescalingLayer(_ targets: TargetScale, _ shape: Shape) -> KerasLayer {
        func constants(_ values: [Double]) -> JSONNode {
            if values.count == 1 { return JSONNode(values[0]) }
            return nested(values[...], values.count == shape.last ? [values.count] : shape.dimensions)
        }
        return rescaling(constants(targets.scale.map { 1 / $0 }), constants(targets.offset))
    }

    /// x·scale + offset.
    private static func rescaling(_ scale: JSONNode, _ offset: JSONNode) -> KerasLayer {
        KerasLayer("Rescaling", [.init(key: "scale", value: scale), .init(key: "offset", value: offset)])
    }

    private static func nested(_ values: ArraySlice<Double>, _ dimensions: [Int]) -> JSONNode {
        guard dimensions.count > 1 else { return JSONNode(values.map { JSONNode($0) }) }
        let length = values.count / dimensions[0]
        return JSONNode(
            stride(from: values.startIndex, to: values.endIndex, by: length).map {
                nested(values[$0..<$0 + length], Array(dimensions.dropFirst()))
            })
    }
}
