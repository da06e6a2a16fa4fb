import Batches
import Engine
import Metrics
import Network

/// A warning for each output that has more units than the data have classes. It trains, but the units left over stand for
/// nothing, and are mostly a mistake in the config.
enum UnusedClasses {
    /// - Throws: `HDF5Error` and `DataError` where targets can't be read.
    static func remarks(_ data: Dataset, _ objective: Objective) throws -> [RunRemark] {
        let outputs = objective.outputs
        return try zip(outputs, data.places(.target, of: outputs.map(\.name))).compactMap { output, place in
            guard case .sparseLabels(let units) = output.targetForm else { return nil }
            let entry = data.fields[place]
            let counts = try data.labelCounts(
                of: entry.field, data.encoding(of: entry, for: output), MetricLayout(output))
            let named = data.classNames(of: output.name)?.count ?? 0
            let classes = max((counts.lastIndex { $0 > 0 } ?? -1) + 1, named)
            guard (2..<units).contains(classes) else { return nil }
            return .warning(
                "\(data.place(of: entry)) has \(classes) classes\(named == classes ? "" : ", labels 0 to \(classes - 1)"), but "
                    + "\(output.layer) has \(units) units, so that \(units - classes == 1 ? "one stands" : "\(units - classes) stand") "
                    + "for none; give it \(classes), unless labels are still to come")
        }
    }
}
