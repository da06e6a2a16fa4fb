internal import CHDF5

extension HDF5Dataset {
    /// Throws kind `leavesFile` if the values lie in another file: in raw bytes beside it, or in the sources of a
    /// virtual dataset.
    func checkStaysInFile(_ creation: Handle, depth: Int) throws(HDF5Error) {
        if H5Pget_external_count(creation.id) > 0 {
            var name = [CChar](repeating: 0, count: 4096)
            H5Pget_external(creation.id, 0, name.count - 1, &name, nil, nil)
            throw place.leavesFile("its values lie in another file, \(Self.text(name))")
        }
        guard layout == .virtual else { return }
        var count = 0
        guard H5Pget_virtual_count(creation.id, &count) >= 0 else { throw place.libraryFailure("open") }
        var sources: Set<String> = []
        for index in 0..<count {
            var (file, source) = ([CChar](repeating: 0, count: 4096), [CChar](repeating: 0, count: 4096))
            guard H5Pget_virtual_filename(creation.id, index, &file, file.count) >= 0,
                H5Pget_virtual_dsetname(creation.id, index, &source, source.count) >= 0
            else { throw place.libraryFailure("open") }
            let (fileName, path) = (Self.text(file), Self.text(source))
            guard fileName == "." else {
                throw place.leavesFile("it is a view of '\(path)' in another file, \(fileName)")
            }
            sources.insert(path)
        }
        // Other links and views may be on the way to the source.
        for source in sources.sorted() { try checkSource(source, depth: depth + 1) }
    }

    private func checkSource(_ source: String, depth: Int) throws(HDF5Error) {
        guard depth <= 16 else {
            throw place.error(.damaged, "open", "it is a view of a view, more than 16 times over")
        }
        // A pattern names sources by number; where they lie is known only on reading.
        if source.contains("%") {
            throw place.leavesFile("it is a view of a pattern of names, '\(source)', which may lead into another file")
        }
        _ = try HDF5Dataset(ObjectPath.resolve(source), in: self.file, depth: depth)
    }
}
