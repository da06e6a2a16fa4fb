import Batches
import Foundation
package import HDF5
package import Kernels

/// Rows of a dataset, the first or those that are asked for, with what belongs to each: its label, and the names of features and classes.
package struct FirstRows {
    package let path: String
    package let rows: Int
    /// The numbers of those that are shown.
    package let shown: [Int]
    /// The shape of one row.
    package let rowShape: Shape
    package let type: HDF5ElementType
    /// The values of each row as text; for strings, and for rows of tokens whose vocabulary is known, one each. Cut after
    /// `mostValues`.
    package let cells: [[String]]
    /// Whether each row is one text.
    package let areTexts: Bool
    /// The pictures, where the rows are images.
    package let pictures: [CharacterPicture]
    /// What the rows are labelled with, where the group has targets; a name where the label has one.
    package let labels: [String]?
    package let featureNames: [String]?

    package static let mostValues = 256

    /// - Parameters:
    ///   - path: the dataset; nil for the inputs that training would use first.
    ///   - count: the most rows to read.
    ///   - spells: whether rows of tokens are written as their texts.
    /// - Throws: `HDF5Error`, or `DataError` where there are no rows to show.
    package init(_ file: HDF5File, path: String? = nil, count: Int, spells: Bool = true) throws {
        try self.init(file, path: path, spells: spells) { Array(0..<min(count, $0)) }
    }

    /// - Parameter rows: by their numbers, from 0.
    /// - Throws: as for the first ones; `DataError` where there is no such row.
    package init(_ file: HDF5File, path: String? = nil, rows: [Int], spells: Bool = true) throws {
        try self.init(file, path: path, spells: spells) { count in
            if let row = rows.first(where: { $0 >= count }) {
                throw DataError(
                    "\(file.path): \(try path ?? Self.usualPath(file)) has \(count) rows, so there is no row \(row); they are "
                        + "counted from 0")
            }
            return rows
        }
    }

    /// - Parameter choose: the numbers of the rows to read, of so many.
    private init(_ file: HDF5File, path: String?, spells: Bool, choose: (Int) throws -> [Int]) throws {
        let dataset = try file.dataset(try path ?? Self.usualPath(file))
        self.path = dataset.path
        type = dataset.elementType
        rows = dataset.shape.first ?? 1
        rowShape = Shape(Array(dataset.shape.dropFirst()))
        featureNames = try ColumnNames.of(dataset, root: file.attributes)
        let shown = try choose(rows)
        self.shown = dataset.shape.isEmpty ? [0] : shown
        labels = try Self.labels(of: dataset, file, rows: shown)
        if dataset.elementType == .string {
            let strings = try dataset.readStrings()
            cells = shown.map { [strings[$0]] }
            (pictures, areTexts) = ([], true)
            return
        }
        guard dataset.elementType.isNumeric else {
            let place = "\(file.path): \(dataset.path)"
            if let columns = TableColumns.words(of: dataset) {
                throw DataError("\(place) is a table, of which one column is shown: \(columns)")
            }
            throw DataError("\(place) holds \(dataset.elementType) values, which can't be shown")
        }
        guard !dataset.shape.isEmpty else {
            cells = [Self.texts(try dataset.read(Double.self), type)]
            (pictures, areTexts) = ([], false)
            return
        }
        let source = try RowSource(dataset)
        guard (shown.count * source.rowBytes) <= 1 << 30 else {
            throw DataError("\(source.place): \(shown.count) rows take more than 1 GiB; ask for fewer")
        }
        if spells, rowShape.rank == 1, let tokens = try TokenTexts(of: dataset, file) {
            cells = try shown.map { row in
                [tokens.text(try dataset.read(Int64.self, rows: row..<row + 1).prefix(Self.mostValues))]
            }
            (pictures, areTexts) = ([], true)
            return
        }
        areTexts = false
        if CharacterPicture.isImage(rowShape) {
            let values = try shown.map { try dataset.read(Float.self, rows: $0..<$0 + 1) }
            let range = CharacterPicture.range(of: values.flatMap { $0 }, areBytes: type == .uint8)
            pictures = values.map { CharacterPicture($0, shape: source.rowShape, range: range) }
        } else {
            pictures = []
        }
        // Row by row, as a row may be long and only its beginning is shown.
        cells = try shown.map { row in
            try Self.texts(of: dataset, rows: row..<row + 1)
        }
    }

    /// `/train/inputs`, or the first dataset that is called inputs, or as inputs often are, or the first one that is not called
    /// as targets are, or the first one at all.
    package static func usualPath(_ file: HDF5File) throws -> String {
        let paths = try file.allDatasetPaths()
        func name(_ path: String) -> String { (path.split(separator: "/").last.map(String.init) ?? "").lowercased() }
        guard
            let path = paths.first(where: { $0 == "/train/inputs" })
                ?? paths.first(where: { $0.hasSuffix("/inputs") })
                ?? paths.first(where: { ["x", "images", "data", "features"].contains(name($0)) })
                ?? paths.first(where: { !["targets", "target", "labels", "label", "y"].contains(name($0)) })
                ?? paths.first
        else { throw DataError("\(file.path) holds no datasets") }
        return path
    }

    /// What of a file is read to show a dataset: the dataset and what may be its labels.
    package static func objects(for path: String) -> [String] {
        [path] + labelNames.map { group(of: path) + "/" + $0 } + TokenTexts.objects(besides: path)
    }

    private static let labelNames = ["targets", "labels", "y", "target", "label"]

    static func group(of path: String) -> String {
        path.split(separator: "/").dropLast().map { "/" + $0 }.joined()
    }

    private static func names(_ attribute: String, _ dataset: HDF5Dataset, _ file: HDF5File) throws -> [String]? {
        try dataset.attributes.stringsIfPresent(attribute) ?? file.attributes.stringsIfPresent(attribute)
    }

    /// From the group's targets, where each row has one number.
    private static func labels(of dataset: HDF5Dataset, _ file: HDF5File, rows: [Int]) throws -> [String]? {
        let group = group(of: dataset.path)
        let own = dataset.path.split(separator: "/").last.map(String.init)
        var targets: HDF5Dataset?
        if let own, labelNames.contains(own), own != "y" {
            targets = dataset
        } else {
            for name in labelNames where targets == nil {
                targets = try? file.dataset(group + "/" + name)
            }
        }
        guard let targets, targets.elementType.isNumeric, targets.shape.first == dataset.shape.first,
            targets.count == targets.shape.first
        else { return nil }
        let names = try names("class_names", targets, file)
        let values = try rows.flatMap { try targets.read(Double.self, rows: $0..<$0 + 1) }
        let isFloat = [.float16, .float32, .float64].contains(targets.elementType.memoryType)
        // A label that is stored as a float is shown as what it is, and not as 2e+07.
        let stored = try rows.flatMap { try texts(of: targets, rows: $0..<$0 + 1, most: 1) }
        let labels = zip(stored, values).map { text, value in
            Int(exactly: value).map { isFloat ? "\($0)" : text } ?? text
        }
        // The labels beside the labels themselves are worth it only where they have names.
        if own == targets.path.split(separator: "/").last.map(String.init), names == nil { return nil }
        return zip(values, labels).map { value, text in
            guard let names, let index = Int(exactly: value), names.indices.contains(index) else { return text }
            return names[index]
        }
    }

    private static func texts(_ values: [Double], _ type: HDF5ElementType) -> [String] {
        texts(values, type.memoryType ?? .float64)
    }

    /// The first values of some rows; integers with all their digits.
    private static func texts(of dataset: HDF5Dataset, rows: Range<Int>, most: Int = mostValues) throws -> [String] {
        switch dataset.elementType.memoryType {
        case .uint64: try dataset.read(UInt64.self, rows: rows).prefix(most).map { "\($0)" }
        case .int8, .int16, .int32, .int64, .uint8, .uint16, .uint32:
            try dataset.read(Int64.self, rows: rows).prefix(most).map { "\($0)" }
        case .float16, .float32, .float64, nil:
            texts(Array(try dataset.read(Double.self, rows: rows).prefix(most)), dataset.elementType)
        }
    }

    private static func texts(_ values: [Double], _ type: HDF5MemoryType) -> [String] {
        values.map { value in
            switch type {
            case .float16, .float32, .float64: value.isNaN ? "NaN" : String(format: "%.4g", value)
            default: String(format: "%.0f", value)
            }
        }
    }
}
