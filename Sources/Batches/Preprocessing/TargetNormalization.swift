import Configuration
import Network

extension Preprocessing {
    /// How the targets of outputs are scaled, by the outputs' names; those without a scale are left out.
    /// - Parameter outputs: of the model.
    /// - Throws: `DataError`, `HDF5Error` for data to which it can't be fitted.
    package static func targetScales(
        _ normalizations: ByName<Normalization>, fittedTo data: Dataset, of outputs: [String]
    ) throws -> [String: TargetScale] {
        // Data may have no targets where none are scaled.
        guard !normalizations.isEmpty, normalizations.only?.kind != Normalization.Kind.none else { return [:] }
        let fitted = try fitted(normalizations, to: data, .target, of: outputs, key: "data.normalize_targets").values
        var scales: [String: TargetScale] = [:]
        for (output, own) in zip(outputs, fitted) where own.kind != .none {
            scales[output] = TargetScale(offset: own.offset, scale: own.scale)
        }
        return scales
    }
}
