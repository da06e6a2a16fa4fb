internal import CHDF5

extension HDF5Group {
    /// Copies a dataset of another file as it is: its type, storage, values and attributes (H5Ocopy). The groups on
    /// the way to it must be there. No values must have been read through it, nor through another that is open: the library
    /// (1.10 to 1.14) copies the decompressed chunks that it keeps of them into a block of the compressed size.
    ///
    /// - Throws: kinds `damaged`, `unsupported` (of the source), `writeFailed` (also where the system can't read the
    ///   source), `closed`.
    package func copy(_ dataset: HDF5Dataset, to path: String) throws(HDF5Error) {
        Library.enter()
        defer { Library.leave() }
        let path = ObjectPath.resolve(path, from: self.path)
        let place = Place(file, path)
        let target = try file.writableID(for: place, "create")
        let source = try dataset.file.id(for: dataset.place, "copy")
        if H5Ocopy(source, dataset.path, target, path, Library.defaultProperties, Library.defaultProperties) < 0 {
            // Without a word of the system, no file refused to be read or written: what was read makes no sense.
            let sourceFailure = dataset.place.libraryFailure("copy")
            throw sourceFailure.kind == .readFailed ? place.libraryFailure("create", isWrite: true) : sourceFailure
        }
    }
}

extension HDF5Attributes {
    /// Adds all attributes of another object, in their own types and shapes; one of the same name is replaced.
    ///
    /// - Returns: the names of those that were left out, since they refer to objects of their own file.
    /// - Throws: kinds `tooLarge`, `damaged`, `writeFailed`, `closed`.
    @discardableResult
    package func copyAll(of source: HDF5Attributes) throws(HDF5Error) -> [String] {
        Library.enter()
        defer { Library.leave() }
        var omitted: [String] = []
        for name in try source.names where try !copy(name, of: source) { omitted.append(name) }
        return omitted
    }

    private func copy(_ name: String, of source: HDF5Attributes) throws(HDF5Error) -> Bool {
        let attribute = try OpenAttribute(name, of: source.owner, source.place, byteLimit: source.byteLimit)
        // References, also within lists and compounds, are addresses in the file that holds them.
        if H5Tdetect_class(attribute.type.id, H5T_REFERENCE) > 0 { return false }
        let buffer = try attribute.read(as: attribute.type.id, elementSize: H5Tget_size(attribute.type.id))
        defer {
            if H5Tdetect_class(attribute.type.id, H5T_VLEN) > 0 || H5Tis_variable_str(attribute.type.id) > 0 {
                H5Dvlen_reclaim(
                    attribute.type.id, attribute.space.id, Library.defaultProperties, buffer.bytes.baseAddress)
            }
        }
        let action = Self.action("write", name)
        _ = try file.writableID(for: place, action)
        if try contains(name), H5Adelete(owner.id, name) < 0 { throw place.libraryFailure(action, isWrite: true) }
        // A named type belongs to its file; a copy of it does not.
        guard let type = Handle(H5Tcopy(attribute.type.id), closedBy: H5Tclose),
            let creation = Handle(H5Pcreate(chdf5_attribute_create_class()), closedBy: H5Pclose),
            H5Pset_char_encoding(creation.id, H5T_CSET_UTF8) >= 0,
            let copy = Handle(
                H5Acreate2(owner.id, name, type.id, attribute.space.id, creation.id, Library.defaultProperties),
                closedBy: H5Aclose)
        else { throw place.libraryFailure(action, isWrite: true) }
        if !buffer.bytes.isEmpty, H5Awrite(copy.id, type.id, buffer.bytes.baseAddress) < 0 {
            throw place.libraryFailure(action, isWrite: true)
        }
        return true
    }
}
