import CHDF5
import Foundation
import TestSupport
import Testing

@testable import HDF5

struct LibraryTests {
    @Test func theInstalledLibraryIsThreadSafe() {
        var answer: hbool_t = false
        #expect(H5is_library_threadsafe(&answer) >= 0)
        #expect(answer)
    }

    @Test func theMessagesBeginWithTheCause() {
        Library.enter()
        defer { Library.leave() }
        #expect(H5Fopen("/nowhere/x.h5", 0, 0) < 0)
        let messages = Library.messages()
        #expect(messages.first?.contains("No such file or directory") == true)
        #expect(messages.last?.hasPrefix("H5Fopen: ") == true)
    }

    @Test func thePrinterOfTheThreadIsSwitchedOffInsideAndRestoredOutside() {
        var (printer, data): (H5E_auto2_t?, UnsafeMutableRawPointer?) = (nil, nil)
        func isPrinting() -> Bool {
            H5Eget_auto2(0, &printer, &data)
            return printer != nil
        }
        let before = isPrinting()
        Library.enter()
        Library.enter()
        #expect(!isPrinting())
        Library.leave()
        #expect(!isPrinting())
        Library.leave()
        #expect(isPrinting() == before)
    }

    @Test func manyThreadsReadAtOnce() async throws {
        let directory = try TestDirectory()
        let rows = 64
        let writer = try HDF5File.create(directory.file())
        try writer.root.createDataset("x", .int32, shape: [rows, 100], gzip: 1).write(
            (0..<Int32(rows * 100)).map { $0 })
        try writer.close()
        let file = try HDF5File.open(directory.file())
        let dataset = try file.dataset("/x")
        let sums = try await withThrowingTaskGroup(of: (Int, Int).self) { group in
            for row in 0..<rows {
                group.addTask {
                    // Failures on other threads must not disturb a read.
                    #expect(throws: HDF5Error.self) { try file.dataset("/none") }
                    let values = try dataset.read(Int.self, rows: row..<(row + 1))
                    return (row, values.reduce(0, +))
                }
            }
            return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        for row in 0..<rows { #expect(sums[row] == row * 10_000 + 4950) }
    }

    /// In a process of its own, as it takes the right to write large files from the process. Left to itself, the
    /// library's exit handler crashes on a file that could not be closed.
    @Test func aFullDiskIsAnErrorAndTheProcessStillEndsWell() async {
        await #expect(processExitsWith: .success) {
            let directory = try TestDirectory()
            signal(SIGXFSZ, SIG_IGN)
            var limit = rlimit(rlim_cur: 1 << 20, rlim_max: 1 << 20)
            setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
            let path = directory.file()
            let values = [Double](repeating: 1, count: 1 << 18)

            var file = try HDF5File.create(path)
            var dataset = try file.root.createDataset("x", .float64, shape: [values.count])
            var error = #expect(throws: HDF5Error.self) { try dataset.write(values) }
            #expect(error?.kind == .writeFailed)
            #expect(error?.description == "cannot write '/x' in \(path): File too large")
            error = #expect(throws: HDF5Error.self) { try file.close() }
            #expect(error?.kind == .writeFailed)

            // Chunks wait in memory, so that only closing can tell.
            file = try HDF5File.create(path + ".2")
            dataset = try file.root.createDataset("x", .float64, shape: [values.count], chunk: [1024])
            try dataset.write(values)
            error = #expect(throws: HDF5Error.self) { try file.close() }
            #expect(error?.description == "cannot write \(path).2: File too large")

            // And a dataset that is let go of before, which nobody can ask any more.
            file = try HDF5File.create(path + ".3")
            try file.root.createDataset("x", .float64, shape: [values.count], chunk: [1024]).write(values)
            error = #expect(throws: HDF5Error.self) { try file.flush() }
            #expect(error?.libraryMessages.contains { $0.hasPrefix("H5D__chunk_flush_entry: ") } == true)
            error = #expect(throws: HDF5Error.self) { try file.close() }
            #expect(error?.kind == .writeFailed)

            let other = try HDF5File.create(directory.file("small.h5"))
            try other.root.createDataset("x", .int8, shape: [1]).write([1] as [Int8])
            try other.close()
        }
    }

    @Test func nothingStaysOpen() throws {
        let directory = try TestDirectory()
        let path = directory.file()
        do {
            let file = try HDF5File.create(path)
            func openObjects() -> Int { identifiers(of: path).count }
            let atStart = openObjects()
            let dataset = try file.root.createDataset("a/b/x", .float32, shape: [3], gzip: 1)
            try dataset.write([1, 2, 3] as [Float])
            try dataset.attributes.set("names", ["a", "b"])
            _ = try? dataset.attributes.integers("names")
            _ = try? dataset.readStrings()
            _ = try? dataset.read(Float.self, rows: 2..<9)
            _ = try? file.group("/a/b/x")
            _ = try? file.root.createGroup("a")
            _ = try file.allDatasetPaths()
            _ = try file.group("/a").children()
            #expect(openObjects() == atStart + 1, "only the dataset that is still held")
            withExtendedLifetime(dataset) {}
        }
        #expect(identifiers(of: path).isEmpty)
    }

    /// Everything that is open in the file: the file itself, groups, datasets, attributes, named types.
    private func identifiers(of path: String) -> [hid_t] {
        Library.enter()
        defer { Library.leave() }
        // As a file, this constant means every open file.
        let everything = chdf5_every_object()
        var ids = [hid_t](repeating: -1, count: 10_000)
        let count = H5Fget_obj_ids(hid_t(everything), everything, ids.count, &ids)
        return ids.prefix(max(0, count)).filter { id in
            var name = [CChar](repeating: 0, count: 4096)
            return H5Fget_name(id, &name, name.count - 1) > 0
                && String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self) == path
        }
    }
}
