import HDF5

extension Dataset {
    /// What the names of the files stand in that rows were made of, beside the inputs.
    package static let fileNames = "file_names"

    /// The name of the file that each row of the fields was made of, as images have them, whichever of them are selected. Nil
    /// where the data say none.
    /// - Throws: `HDF5Error` where they can't be read, `DataError` where they are not as many as the rows.
    package func fileNamesOfRows() throws -> [String]? {
        guard let source, let part = source.inputParts.first, part.paths.count == 1, part.axes == nil else {
            return nil
        }
        let path = part.paths[0].split(separator: "/").dropLast().map { "/" + $0 }.joined() + "/" + Self.fileNames
        var names: [String] = []
        for (own, file) in zip(fields[0].field.parts, try source.storedFiles()) {
            let file = try HDF5File.open(
                file, allowingExternal: source.allowsExternalLinks, reading: .objects([path]))
            guard try file.exists(path), let dataset = try? file.dataset(path), dataset.elementType == .string else {
                return nil
            }
            let all = try dataset.readStrings()
            guard all.count == own.rows else {
                throw DataError(
                    "\(file.path): \(path) has \(all.count) names, but there are \(own.rows) rows; convert the images again"
                )
            }
            names += all
        }
        return names.count == fields[0].field.rows ? names : nil
    }
}
