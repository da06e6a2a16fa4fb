import Foundation
import HDF5

/// A copy of a file without its checksums, as from before there were any: so that damage gets past them, to what
/// stands behind.
enum UnsealedCopy {
    /// - Parameter change: may put another text in the place of that of an attribute.
    static func make(of path: String, at copy: String, change: (String, String) -> String = { $1 }) throws {
        let (from, to) = (try HDF5File.open(path), try HDF5File.create(copy))
        var groups = ["/"]
        while let group = groups.popLast() {
            let source = try from.group(group)
            let target = group == "/" ? to.root : try to.root.createGroup(group)
            for name in try source.attributes.names where name != "attributes_crc32" {
                try self.copy(name, source.attributes, target.attributes, change)
            }
            for (name, kind) in try source.children() {
                let path = group == "/" ? "/\(name)" : "\(group)/\(name)"
                switch kind {
                case .group: groups.append(path)
                case .dataset: try self.copy(from.dataset(path), to)
                default: break
                }
            }
        }
        try to.close()
    }

    private static func copy(
        _ name: String, _ from: HDF5Attributes, _ to: HDF5Attributes, _ change: (String, String) -> String
    ) throws {
        if let strings = try? from.strings(name) {
            let changed = strings.map { change(name, $0) }
            let isList = name.hasSuffix("names") || ["metrics", "vectors", "numbers", "integers"].contains(name)
            if changed.count == 1, !isList { try to.set(name, changed[0]) } else { try to.set(name, changed) }
        } else if let integers = try? from.integers(name) {
            if integers.count == 1 { try to.set(name, integers[0]) } else { try to.set(name, integers) }
        } else {
            try to.set(name, from.doubles(name))
        }
    }

    private static func copy(_ dataset: HDF5Dataset, _ to: HDF5File) throws {
        let target = try to.root.createDataset(dataset.path, dataset.elementType, shape: dataset.shape)
        switch dataset.elementType {
        case .float32: try target.write(dataset.read(Float.self))
        case .float64: try target.write(dataset.read(Double.self))
        default: try target.write(dataset.read(Int.self))
        }
    }
}
