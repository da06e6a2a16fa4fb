import Configuration
import Network

extension Preprocessing {
    /// How the targets of outputs are scaled, by the outputs' names; those without a scale are left out.
    /// - Parameter outputs: of the model.
    /// - Throws: `DataError`, `HDF5Error` for data to which it can't be fitted.
    package static func targetScales(
        _ normalizations: ByName<Normalization>, fittedTo data: Dataset, of outputs: [String]
    ) throws -> [String: TargetScale] {
        let own: [Normalization?]
        do {
            own = try normalizations.values(of: outputs, "output")
        } catch { throw DataError("data.normalize_targets \(error)") }
        guard own.contains(where: { $0 != nil && $0?.kind != Normalization.Kind.none }) else { return [:] }
        var scales: [String: TargetScale] = [:]
        for (place, output) in zip(try data.places(.target, of: outputs), zip(outputs, own)) {
            let fitted = try Preprocessing(
                fitting: output.1 ?? .none, to: data, data.fields[place],
                key: normalizations.only == nil ? "data.normalize_targets.\(output.0)" : "data.normalize_targets")
            if fitted.kind != .none {
                scales[output.0] = TargetScale(offset: fitted.offset, scale: fitted.scale)
            }
        }
        return scales
    }
}
