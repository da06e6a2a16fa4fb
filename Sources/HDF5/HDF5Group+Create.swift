internal import CHDF5

extension HDF5Group {
    /// Makes a group, and those on the way to it (H5Gcreate).
    ///
    /// - Throws: kind `invalidArgument` if something of that name is there already.
    @discardableResult
    package func createGroup(_ path: String) throws(HDF5Error) -> HDF5Group {
        Library.enter()
        defer { Library.leave() }
        let path = ObjectPath.resolve(path, from: self.path)
        try makeWay(to: path)
        try makeGroup(at: path)
        return try HDF5Group(path, in: file)
    }

    /// Makes a dataset, and the groups on the way to it (H5Dcreate). Its values are zero until they are written.
    ///
    /// - Parameters:
    ///   - elementType: a number, `bool` (as h5py stores it) or `string` (of variable length, UTF-8).
    ///   - shape: the size of each axis; empty for a single value.
    ///   - chunk: the shape of the blocks in which the values are stored. Where a filter needs chunks and none are
    ///     given, whole rows up to about 1 MiB. A dataset without values or axes is never chunked nor filtered.
    ///   - gzip: compression level, 0 to 9.
    ///   - shuffle: reorders the bytes of a chunk so that gzip finds more to compress.
    ///   - fletcher32: keeps a checksum with each chunk, checked on reading.
    /// - Throws: kinds `invalidArgument` and `writeFailed`.
    @discardableResult
    package func createDataset(
        _ path: String, _ elementType: HDF5ElementType, shape: [Int], chunk: [Int]? = nil, gzip: Int? = nil,
        shuffle: Bool = false, fletcher32: Bool = false
    ) throws(HDF5Error) -> HDF5Dataset {
        try create(path, elementType, stringLength: nil, shape, chunk, gzip, shuffle, fletcher32)
    }

    /// Makes a dataset of strings of fixed length, that of the longest, UTF-8, and writes them. h5py reads them as `bytes`, or
    /// by `asstr()`. Unlike strings of variable length they lie in the dataset itself, and are compressed with it.
    ///
    /// - Throws: kinds `invalidArgument` (a NUL in a string), `tooLarge` and `writeFailed`.
    @discardableResult
    package func createStrings(
        _ path: String, _ strings: [String], gzip: Int? = nil
    ) throws(HDF5Error) -> HDF5Dataset {
        let length = max(1, strings.reduce(0) { max($0, $1.utf8.count) })
        let dataset = try create(path, .string, stringLength: length, [strings.count], nil, gzip, false, false)
        try dataset.writeFixed(strings, length: length)
        return dataset
    }

    private func create(
        _ path: String, _ elementType: HDF5ElementType, stringLength: Int?, _ shape: [Int], _ chunk: [Int]?,
        _ gzip: Int?, _ shuffle: Bool, _ fletcher32: Bool
    ) throws(HDF5Error) -> HDF5Dataset {
        Library.enter()
        defer { Library.leave() }
        let path = ObjectPath.resolve(path, from: self.path)
        let place = Place(file, path)
        let extent = try Extent(shape, place, "create")
        let type =
            if let stringLength {
                try HDF5ElementType.makeStringType(place, length: stringLength)
            } else {
                try elementType.makeType(place)
            }
        let creation = try Self.creationProperties(
            extent, elementSize: stringLength ?? max(elementType.size, 1), chunk: chunk, gzip: gzip, shuffle: shuffle,
            fletcher32: fletcher32, place)
        let space = try extent.makeSpace(place, "create")
        let links = try Self.linkProperties(place)
        try makeWay(to: path)
        let file = try self.file.writableID(for: place, "create")
        let id = H5Dcreate2(file, path, type.id, space.id, links.id, creation.id, Library.defaultProperties)
        guard Handle(id, closedBy: H5Dclose, in: self.file) != nil else {
            throw place.libraryFailure("create", isWrite: true)
        }
        return try HDF5Dataset(path, in: self.file)
    }

    /// Checks that `path` is free and makes the groups above it.
    private func makeWay(to path: String) throws(HDF5Error) {
        let place = Place(file, path)
        _ = try file.writableID(for: place, "create")
        if path.utf8.contains(0) { throw place.error(.invalidArgument, "create", "a name can't contain a NUL") }
        // Not by the library's own option for intermediate groups, as that one stores the time in them.
        for step in ObjectPath.ancestorsAndSelf(of: path) {
            switch try file.object(at: step, for: place, "create")?.0 {
            case nil: if step != path { try makeGroup(at: step) }
            case let kind? where step == path:
                throw place.error(.invalidArgument, "create", "a \(kind) of that name is there already")
            case .group: continue
            case let kind?:
                throw place.error(.invalidArgument, "create", "'\(step)' is a \(kind), not a group")
            }
        }
    }

    private func makeGroup(at path: String) throws(HDF5Error) {
        let place = Place(file, path)
        let links = try Self.linkProperties(place)
        guard let creation = Handle(H5Pcreate(chdf5_group_create_class()), closedBy: H5Pclose),
            H5Pset_obj_track_times(creation.id, false) >= 0
        else { throw place.libraryFailure("create", isWrite: true) }
        let file = try self.file.writableID(for: place, "create")
        let id = H5Gcreate2(file, path, links.id, creation.id, Library.defaultProperties)
        guard Handle(id, closedBy: H5Gclose, in: self.file) != nil else {
            throw place.libraryFailure("create", isWrite: true)
        }
    }

    private static func linkProperties(_ place: Place) throws(HDF5Error) -> Handle {
        guard let links = Handle(H5Pcreate(chdf5_link_create_class()), closedBy: H5Pclose),
            H5Pset_char_encoding(links.id, H5T_CSET_UTF8) >= 0
        else { throw place.libraryFailure("create", isWrite: true) }
        return links
    }

    private static func creationProperties(
        _ extent: Extent, elementSize: Int, chunk: [Int]?, gzip: Int?, shuffle: Bool, fletcher32: Bool, _ place: Place
    ) throws(HDF5Error) -> Handle {
        if let gzip, !(0...9).contains(gzip) {
            throw place.error(.invalidArgument, "create", "the gzip level is \(gzip); it goes from 0 to 9")
        }
        guard let creation = Handle(H5Pcreate(chdf5_dataset_create_class()), closedBy: H5Pclose),
            H5Pset_obj_track_times(creation.id, false) >= 0
        else { throw place.libraryFailure("create", isWrite: true) }
        let isChunked = chunk != nil || gzip != nil || shuffle || fletcher32
        guard isChunked, !extent.shape.isEmpty, extent.count > 0 else { return creation }

        let chunk = chunk ?? extent.defaultChunk(elementSize: elementSize)
        try extent.checkChunk(chunk, elementSize: elementSize, place)
        guard H5Pset_chunk(creation.id, Int32(chunk.count), chunk.map { hsize_t($0) }) >= 0,
            !shuffle || H5Pset_shuffle(creation.id) >= 0,
            gzip.map({ H5Pset_deflate(creation.id, UInt32($0)) >= 0 }) ?? true,
            !fletcher32 || H5Pset_fletcher32(creation.id) >= 0
        else { throw place.libraryFailure("create", isWrite: true) }
        return creation
    }
}
