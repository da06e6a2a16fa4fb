import HDF5
import Kernels

/// Labels that are texts: each becomes the number of its class. The classes are the texts in the order of their bytes.
enum ClassCodes {
    /// - Parameter names: the classes, where a model or the training split decides; nil for the texts that are there.
    /// - Throws: `DataError` for a text that is empty, broken or none of `names`, with its row.
    static func field(
        _ files: [HDF5File], _ path: String, names given: (names: [String], place: String)?
    ) throws -> (field: Field, names: [String]) {
        var (texts, parts): ([String], [Field.Part]) = ([], [])
        for file in files {
            let dataset = try file.dataset(path)
            let place = "\(file.path): \(path)"
            guard dataset.elementType == .string else {
                throw DataError(
                    "\(place) holds \(dataset.elementType) values, but \(parts.first?.place ?? "") texts; files that act as "
                        + "one dataset must agree")
            }
            guard let rows = dataset.shape.first, dataset.count == rows, rows > 0 else {
                throw DataError("\(place) is \(Shape(dataset.shape)); labels that are texts are one for each sample")
            }
            let own = try dataset.readStrings()
            if let row = own.firstIndex(where: { $0.isEmpty || $0.contains("\u{FFFD}") }) {
                // Several texts may have become the same one when they were written.
                let what =
                    own[row].isEmpty ? "an empty text" : "a text with U+FFFD, which stands for what was not understood,"
                throw DataError(
                    "\(place) holds \(what) in row \(row), which is no label; remove or fill such rows before training")
            }
            parts.append(Field.Part(place: place, first: texts.count, rows: rows, reader: nil))
            texts += own
        }
        let names = given?.names ?? Set(texts).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        let codes = Dictionary(names.enumerated().map { ($1, Int32($0)) }, uniquingKeysWith: { first, _ in first })
        let tensor = try StoredTensor(.int32, rows: texts.count, rowShape: .scalar) { base in
            let target = base.assumingMemoryBound(to: Int32.self)
            for (row, text) in texts.enumerated() {
                guard let code = codes[text] else {
                    let part = parts.last { $0.first <= row } ?? parts[0]
                    throw DataError(
                        "\(part.place) holds the label '\(text)' in row \(row - part.first), which is none of the "
                            + "\(names.count) classes of \(given?.place ?? "the data")")
                }
                target[row] = code
            }
        }
        return (
            Field(type: .int32, rowShape: .scalar, rows: texts.count, parts: parts, tensor: tensor), names
        )
    }
}
