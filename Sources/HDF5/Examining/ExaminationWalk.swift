internal import CHDF5
import Foundation

/// What the process that examines does: it opens a file and asks the library for all that this program will ask it
/// for, by the same calls. Errors are no matter here, as the program meets them itself; a crash or a loop ends the process.
final class ExaminationWalk {
    /// The status with which the process ends.
    enum Ending: Int32 {
        case fine = 0
        case memoryWasShort = 3
    }

    private let request: ExaminationRequest
    private let step: ExaminationStep
    /// A table of which more is stored is copied block by block, by the library's own way through its chunks.
    private static let largestCopy = 64 << 20
    private static let mostChunks = 1 << 18

    init(_ request: ExaminationRequest, _ step: ExaminationStep) {
        self.request = request
        self.step = step
    }

    func run() -> Ending {
        begin("the file's beginning")
        if let file = attempt({ () throws(HDF5Error) in
            try HDF5File.openUnexamined(self.request.path, allowingExternal: self.request.allowsExternal)
        }) {
            walk(file)
            begin("its end")
            attempt { () throws(HDF5Error) in try file.close() }
        }
        return .fine
    }

    private func walk(_ file: HDF5File) {
        begin("the group '/'")
        lookUp(in: file.root)
        begin("the attributes of '/'")
        examine(file.attributes)
        switch request.reading {
        case .objects(let paths):
            for path in paths {
                begin("'\(path)'")
                if let dataset = attempt({ () throws(HDF5Error) in try file.dataset(path) }) {
                    examine(dataset, readsStrings: true)
                }
            }
        case .everything: walkAll(of: file, copies: false)
        case .copies:
            // First without: some faults of the library need memory that has not been used before to show.
            walkAll(of: file, copies: false)
            walkAll(of: file, copies: true)
        }
    }

    private func walkAll(of file: HDF5File, copies: Bool) {
        begin("the list of its objects")
        var datasets: [String] = []
        attempt { () throws(HDF5Error) in
            try file.walk(
                group: { group throws(HDF5Error) in
                    self.begin("the group '\(group.path)'")
                    self.lookUp(in: group)
                    self.examine(group.attributes)
                    if copies { self.copyAttributes(of: group) }
                }, dataset: { path throws(HDF5Error) in datasets.append(path) },
                unreadable: { path, error throws(HDF5Error) in
                    // It may be on the way to what somebody asks for by its path.
                    self.begin("'\(path)'")
                    self.attempt { () throws(HDF5Error) in
                        for path in [path, path + "/a"] { _ = try? file.exists(path) }
                        throw error
                    }
                })
        }
        for path in datasets {
            open(path, in: file) { examine($0, readsStrings: copies) }
            // Opened again: the library writes beyond a block when it copies a dataset of which it has decompressed chunks.
            if copies { open(path, in: file) { copy($0) } }
        }
    }

    private func open(_ path: String, in file: HDF5File, _ body: (HDF5Dataset) -> Void) {
        begin("the dataset '\(path)'")
        if let dataset = attempt({ () throws(HDF5Error) in try file.dataset(path) }) { body(dataset) }
    }

    /// The search for one name takes another way through a group than the list of all.
    private func lookUp(in group: HDF5Group) {
        for name in ["a name", "attributes", "zzz"] {
            attempt { () throws(HDF5Error) in
                if try group.file.object(name, in: group.handle, for: group.place, "list") == nil {
                    throw group.place.libraryFailure("list")
                }
            }
        }
    }

    private func examine(_ attributes: HDF5Attributes) {
        // To look for a name decodes what a list of names leaves alone.
        for name in ["class_names", "column_names", "feature_names", "columns", "a name that nobody gives"] {
            _ = attempt { () throws(HDF5Error) in try attributes.strings(name) }
        }
        guard let names = attempt({ () throws(HDF5Error) in try attributes.names }) else { return }
        for name in names {
            step.count()
            if attempt({ () throws(HDF5Error) in try attributes.strings(name) }) == nil {
                _ = attempt { () throws(HDF5Error) in try attributes.doubles(name) }
            }
        }
    }

    private func examine(_ dataset: HDF5Dataset, readsStrings: Bool) {
        examine(dataset.attributes)
        _ = dataset.storageSize
        if dataset.elementType == .string {
            if readsStrings { _ = attempt { () throws(HDF5Error) in try dataset.readStrings() } }
            return
        }
        walkChunks(of: dataset)
        guard dataset.elementType.isNumeric, dataset.count > 0 else { return }
        guard !dataset.shape.isEmpty else {
            _ = attempt { () throws(HDF5Error) in try dataset.read(Double.self) }
            return
        }
        guard let reader = attempt({ () throws(HDF5Error) in try HDF5RowReader(dataset) }), !reader.isDirect else {
            // Read and decoded beside the library.
            return
        }
        let blocks = (reader.rows - 1) / reader.blockRows + 1
        // Without filters values are bytes, which harm nobody; where they lie, the first and the last tell.
        let needsAll = !dataset.filters.isEmpty || dataset.layout == .virtual
        for block in 0..<blocks where needsAll || block == 0 || block == blocks - 1 {
            guard read(block, reader, dataset) else { return }
        }
    }

    private func read(_ block: Int, _ reader: HDF5RowReader, _ dataset: HDF5Dataset) -> Bool {
        begin("the dataset '\(dataset.path)'")
        let rows = block * reader.blockRows..<min(reader.rows, (block + 1) * reader.blockRows)
        let (bytes, overflow) = rows.count.multipliedReportingOverflow(by: reader.rowBytes)
        guard !overflow, let memory = malloc(max(bytes, 1)) else { return false }
        defer { free(memory) }
        return attempt { () throws(HDF5Error) in try reader.read(rows: rows, into: memory) } != nil
    }

    /// The library's two ways through an index: a walk over all of it, and the search for one chunk.
    private func walkChunks(of dataset: HDF5Dataset) {
        guard case .chunked(let chunk) = dataset.layout, chunk.allSatisfy({ $0 > 0 }),
            let grid = ChunkGrid(shape: dataset.shape, chunk: chunk, elementSize: 1)
        else { return }
        var start = [UInt64](repeating: 0, count: dataset.shape.count)
        Library.enter()
        defer { Library.leave() }
        let id = dataset.handle.id
        var number: hsize_t = 0
        H5Dget_num_chunks(id, Library.wholeSpace, &number)
        var (mask, address, size): (UInt32, haddr_t, hsize_t) = (0, 0, 0)
        H5Dget_chunk_info_by_coord(id, start, &mask, &address, &size)
        var last = start
        for axis in last.indices { last[axis] = UInt64((grid.counts[axis] - 1) * chunk[axis]) }
        H5Dget_chunk_info_by_coord(id, last, &mask, &address, &size)
        var done = 0
        repeat {
            H5Dget_chunk_storage_size(id, start, &size)
            done += 1
            if done & 0xFFF == 0 { begin("the dataset '\(dataset.path)'") }
            if !grid.advanceWithinRows(&start) { start[0] += UInt64(chunk[0]) }
        } while start[0] < UInt64(dataset.shape[0]) && done < Self.mostChunks
    }

    /// Into a file in memory.
    private func copy(_ dataset: HDF5Dataset) {
        // Where more is claimed than there is, the copy fails, in which the library may crash.
        let size = dataset.storageSize
        guard size <= Self.largestCopy || size > request.fileSize else { return }
        begin("the dataset '\(dataset.path)'")
        attempt { () throws(HDF5Error) in
            let target = try HDF5File.createInMemory()
            // Each by itself, as one may fail with an error and the other crash.
            attempt { () throws(HDF5Error) in try target.root.attributes.copyAll(of: dataset.attributes) }
            if !dataset.elementType.isNumeric || dataset.shape.isEmpty || dataset.column == nil {
                attempt { () throws(HDF5Error) in try target.root.copy(dataset, to: "/copy") }
            }
            try target.close()
        }
    }

    private func copyAttributes(of group: HDF5Group) {
        attempt { () throws(HDF5Error) in
            let target = try HDF5File.createInMemory()
            try target.root.attributes.copyAll(of: group.attributes)
            try target.close()
        }
    }

    private func begin(_ text: String) {
        step.begin(text)
        ExaminationLimits.restartClock(seconds: request.stepSeconds)
    }

    @discardableResult
    private func attempt<T>(_ body: () throws(HDF5Error) -> T) -> T? {
        do throws(HDF5Error) {
            return try body()
        } catch {
            // Without the limit of this process the library would have got what it asked for.
            let words = ["memory allocation failed", "can't allocate", "unable to allocate", "allocate memory"]
            if error.libraryMessages.contains(where: { message in words.contains { message.contains($0) } }) {
                _exit(Ending.memoryWasShort.rawValue)
            }
            return nil
        }
    }
}
