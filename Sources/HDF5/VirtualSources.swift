internal import CHDF5

/// The mappings of a virtual dataset: which part of it is which part of which dataset.
///
/// Called inside `Library.enter()`.
struct VirtualSources {
    private let dataset: HDF5Dataset
    private let creation: Handle
    private let depth: Int
    private var place: Place { dataset.place }

    init(_ dataset: HDF5Dataset, _ creation: Handle, depth: Int) {
        self.dataset = dataset
        self.creation = creation
        self.depth = depth
    }

    /// - Returns: the files that the values come from, other than the dataset's own.
    /// - Throws: where a source is not there or too small, or where a part of the dataset comes from none, unless a fill
    ///   value was set for it.
    func check() throws(HDF5Error) -> [SourceFile.Identity] {
        guard depth <= 16 else {
            throw place.error(.damaged, "open", "it is a view of a view, more than 16 times over")
        }
        var count = 0
        guard H5Pget_virtual_count(creation.id, &count) >= 0 else { throw place.libraryFailure("read") }
        var files: [String: HDF5File] = [:]
        var sources: [SourceFile.Identity] = []
        var covered = try Coverage(dataset.spaceShape, place)
        for index in 0..<count {
            let mapping = try Mapping(index, of: dataset, creation)
            for block in 0..<mapping.blocks {
                let source = try open(mapping.file(block), mapping.path(block), mapping, &files)
                try mapping.check(source)
                // Sources of sources as well.
                sources += source.sources.withLock { $0 ?? [] }
            }
            try covered.add(mapping)
        }
        var status = H5D_FILL_VALUE_UNDEFINED
        H5Pfill_value_defined(creation.id, &status)
        if status != H5D_FILL_VALUE_USER_DEFINED, let rows = try covered.gap() {
            throw place.error(
                .damaged, "read",
                "it is a virtual dataset, and some of its values are mapped to no source, the first in row "
                    + "\(rows.lowerBound) and the last in row \(rows.upperBound - 1); map them, or give it a fill value if "
                    + "that is what they shall be")
        }
        for file in files.values { sources.append(try SourceFile.Identity(file.path)) }
        return sources
    }

    private func open(
        _ name: String, _ path: String, _ mapping: Mapping, _ files: inout [String: HDF5File]
    ) throws(HDF5Error) -> HDF5Dataset {
        let words = "it is a virtual dataset, and its values in \(mapping.words) come from '\(path)' in "
        do throws(HDF5Error) {
            let source: HDF5Dataset
            if name == "." {
                source = try HDF5Dataset(ObjectPath.resolve(path), in: dataset.file, depth: depth + 1)
            } else {
                if files[name] == nil { files[name] = try Self.openFile(name, of: dataset.file.path, place) }
                guard let file = files[name] else { throw place.error(.notFound, "read", "\(name) is not open") }
                source = try file.dataset(path)
            }
            try source.checkSources(depth: depth + 1)
            return source
        } catch {
            var kind = error.kind
            // That of a sentence which stands by itself.
            if case .missingObject = kind { kind = .notFound }
            throw HDF5Error(
                kind: kind, file: place.file, object: place.object, action: "read",
                reason: "\(words)\(name == "." ? "the same file" : name): \(error)",
                libraryMessages: error.libraryMessages)
        }
    }

    /// The first of the places where the library looks that holds such a file. The library passes over a file that it
    /// can't open, and fills in what is missing.
    private static func openFile(_ name: String, of file: String, _ place: Place) throws(HDF5Error) -> HDF5File {
        let candidates = SourceFile.candidates(name, of: file)
        var failure: HDF5Error?
        for candidate in candidates {
            do throws(HDF5Error) {
                return try HDF5File.openUnexamined(candidate, allowingExternal: true)
            } catch {
                if failure == nil || failure?.kind == .notFound { failure = error }
            }
        }
        if let failure, failure.kind != .notFound { throw failure }
        throw HDF5Error(
            kind: .notFound, file: candidates[0], object: nil, action: "open",
            reason: "there is no such file"
                + (candidates.count > 1 ? ", nor \(candidates.dropFirst().joined(separator: ", nor "))" : ""),
            libraryMessages: [])
    }
}

/// One mapping: a selection of the virtual dataset, and the selection of a source that it shows.
struct Mapping {
    let virtual: Blocks
    private let source: Blocks
    private let fileName: String
    private let datasetName: String
    private let place: Place

    init(_ index: Int, of dataset: HDF5Dataset, _ creation: Handle) throws(HDF5Error) {
        let place = dataset.place
        func name(_ get: (UnsafeMutablePointer<CChar>?, Int) -> Int) throws(HDF5Error) -> String {
            let length = get(nil, 0)
            guard length >= 0 else { throw place.libraryFailure("read") }
            var text = [CChar](repeating: 0, count: length + 1)
            guard get(&text, text.count) >= 0 else { throw place.libraryFailure("read") }
            return HDF5Dataset.text(text)
        }
        fileName = try name { H5Pget_virtual_filename(creation.id, index, $0, $1) }
        datasetName = try name { H5Pget_virtual_dsetname(creation.id, index, $0, $1) }
        guard let virtual = Handle(H5Pget_virtual_vspace(creation.id, index), closedBy: H5Sclose),
            let source = Handle(H5Pget_virtual_srcspace(creation.id, index), closedBy: H5Sclose)
        else { throw place.libraryFailure("read") }
        self.virtual = try Blocks(virtual, extent: dataset.spaceShape, place)
        self.source = try Blocks(source, extent: nil, place)
        self.place = place
    }

    /// Whether a source stands for each block along the endless axis, its number in its name.
    private var isPattern: Bool {
        virtual.endlessAxis != nil && source.endlessAxis == nil
            && (Self.numbered(fileName, 0).isPattern || Self.numbered(datasetName, 0).isPattern)
    }

    /// The number of sources.
    var blocks: Int { isPattern ? virtual.endlessCount : 1 }
    func file(_ block: Int) -> String { Self.numbered(fileName, block).name }
    func path(_ block: Int) -> String { Self.numbered(datasetName, block).name }

    /// `rows 0 to 9`, as far as the selection reaches.
    var words: String {
        let rows = virtual.rows
        return rows.count == 1 ? "row \(rows.lowerBound)" : "rows \(rows.lowerBound) to \(rows.upperBound - 1)"
    }

    /// `%b` stands for the number, `%%` for `%`.
    static func numbered(_ name: String, _ block: Int) -> (name: String, isPattern: Bool) {
        var (result, isPattern) = ("", false)
        var rest = name[...]
        while let character = rest.popFirst() {
            if character == "%", rest.first == "b" {
                rest.removeFirst()
                result += "\(block)"
                isPattern = true
            } else {
                if character == "%", rest.first == "%" { rest.removeFirst() }
                result.append(character)
            }
        }
        return (result, isPattern)
    }

    /// Throws if the source has fewer elements than are shown of it.
    func check(_ dataset: HDF5Dataset) throws(HDF5Error) {
        let shape = dataset.spaceShape
        let words = "it is a virtual dataset, and for \(words) it takes"
        let fault = "of '\(dataset.path)' in \(dataset.filePath), which is \(shape)"
        if source.isAll {
            let (points, count) = (virtual.pointsOfBlock, shape.reduce(1, *))
            guard count != points else { return }
            // HDF5 1.10 fails where a source has grown since.
            throw place.error(
                .damaged, "read",
                "\(words) all \(fault), for \(points) elements in place of \(count)"
                    + (count > points ? "; make it again from the rows that are wanted" : ""))
        }
        let isEndless = source.endlessAxis != nil && virtual.endlessAxis != nil
        let needed = isEndless ? source.end(positions: virtual.endlessPositions) : source.end
        guard shape.count == needed.count, zip(shape, needed).allSatisfy({ $0 >= $1 }) else {
            throw place.error(
                .damaged, "read", "\(words) up to \(needed) \(fault); the library would fill in what is missing")
        }
    }
}
