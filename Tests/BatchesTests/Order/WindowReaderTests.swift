import Foundation
import HDF5
import RunSupport
import TestSupport
import Testing

@testable import Batches
@testable import Machine

@Suite struct WindowReaderTests {
    private func numbers(_ reader: WindowReader, _ window: LoadedWindow) -> [Int] {
        NumberedRows.numbers(reader.pool, window.rows, window.count)
    }

    @Test func aWindowStaysWhileItIsHeld() throws {
        let directory = try TestDirectory()
        let source = NumberedRows.source(try NumberedRows.file(directory, rows: 60))
        let reader = try WindowReader(NumberedRows.streamed(source, window: 20), isShuffled: true, seed: 3)
        reader.begin(epoch: 0)
        let first = try reader.take()
        let seen = numbers(reader, first)
        let second = try reader.take()
        let seenToo = numbers(reader, second)
        #expect(first.window.index == 0 && second.window.index == 1)
        #expect(Set(seen).isDisjoint(with: seenToo))
        #expect(numbers(reader, first) == seen)
        reader.release()
        // While the third is read, the second one stays.
        let third = try reader.take()
        #expect(numbers(reader, second) == seenToo)
        #expect(third.window.first == first.count + second.count)
    }

    @Test func theWindowOfAPlaceIsFound() throws {
        let directory = try TestDirectory()
        let source = NumberedRows.source(try NumberedRows.file(directory, rows: 60))
        let reader = try WindowReader(NumberedRows.streamed(source, window: 20), isShuffled: true, seed: 3)
        for position in [0, 1, 19, 25, 40, 59, 3] {
            reader.begin(epoch: 5, at: position)
            let window = try reader.take().window
            #expect(window.epoch == 5)
            #expect((window.first..<window.first + window.count).contains(position))
        }
    }

    /// Two windows of rows, and what is needed to find them.
    @Test func thePoolHasRoomForTwoWindows() throws {
        let directory = try TestDirectory()
        let source = NumberedRows.source(try NumberedRows.file(directory, rows: 600))
        let reader = try WindowReader(NumberedRows.streamed(source, window: 50), isShuffled: true, seed: 3)
        #expect(reader.pool.tensors[0].rows == 2 * reader.order.windowRows)
        #expect(reader.order.windowRows == 50)
        var data = try Dataset.open(source)
        let (rowBytes, scratch) = (data.inputs.rowBytes + 4, data.inputs.parts[0].reader?.scratchBytes ?? 0)
        data.windowBytes = 2 * 100 * (rowBytes + 16) + scratch * AvailableCPUs.count
        let limited = try WindowReader(data, isShuffled: true, seed: 3)
        #expect(limited.order.windowRows == 100)
        let targets = data.targets?.parts[0].reader?.scratchBytes ?? 0
        #expect(
            limited.pool.tensors.reduce(0) { $0 + $1.byteCount }
                + max(scratch, targets) * AvailableCPUs.count <= data.windowBytes)
    }

    @Test func tooLittleMemoryIsSaid() throws {
        let directory = try TestDirectory()
        let path = try NumberedRows.file(directory, rows: 600)
        var data = try Dataset.open(NumberedRows.source(path))
        data.windowBytes = 1000
        let error = #expect(throws: DataError.self) {
            _ = try BatchReader(data, batchSize: 32, isShuffled: true, seed: 0)
        }
        let sentence = try #require(error?.description)
        #expect(
            sentence.hasPrefix(
                "data.memory_limit leaves 1000 bytes for \(path): /inputs, but reading it in batches of 32 samples needs "
                    + "about "))
        // Most of it is scratch memory for a chunk, which smaller batches would not change.
        let advice = "raise the limit, or make the chunks smaller with stormo data rechunk"
        #expect(sentence.hasSuffix("for undoing the compression of chunks; \(advice)"))
        data.windowBytes = 1 << 20
        data.shuffleWindow = 63
        #expect(throws: DataError("data.shuffle_window is 63 rows; it must be at least two batches, 64 rows")) {
            _ = try BatchReader(data, batchSize: 32, isShuffled: true, seed: 0)
        }
        data.shuffleWindow = 64
        _ = try BatchReader(data, batchSize: 32, isShuffled: true, seed: 0)
        var large = try Dataset.open(
            NumberedRows.source(try NumberedRows.file(directory, "large.h5", rows: 60_000, chunk: 100)))
        large.windowBytes = 1 << 20
        large.shuffleWindow = 59_000
        let tooWide = #expect(throws: DataError.self) {
            _ = try BatchReader(large, batchSize: 32, isShuffled: true, seed: 0)
        }
        #expect(
            tooWide?.description.hasPrefix(
                "data.shuffle_window is 59000 rows, but data.memory_limit leaves room for ") == true)
        #expect(tooWide?.description.hasSuffix("raise the limit or make the window smaller") == true)
    }

    struct Sizes: Sendable {
        var rows: Int
        var chunk: Int
        var window: Int
        var batch: Int

        init(_ rows: Int, _ chunk: Int, _ window: Int, _ batch: Int) {
            (self.rows, self.chunk, self.window, self.batch) = (rows, chunk, window, batch)
        }

        init(seed: Int) {
            var random = SeededRandom(seed)
            batch = Int.random(in: 1...40, using: &random)
            rows = Int.random(in: batch...400, using: &random)
            chunk = Int.random(in: 1...rows, using: &random)
            window = Int.random(in: min(2 * batch, rows)...rows, using: &random)
        }

        static let known = [
            Sizes(970, 970, 64, 32), Sizes(3000, 1000, 66, 32), Sizes(700, 64, 131, 64), Sizes(31, 7, 40, 31),
            Sizes(50, 50, 10, 5), Sizes(50, 3, 10, 5),
        ]
    }

    /// Chunks longer than the window, and remainders of chunks that are shorter than a batch.
    @Test(arguments: Sizes.known + (0..<60).map { Sizes(seed: $0) })
    func noBatchLiesInMoreThanTwoWindows(sizes: Sizes) throws {
        let directory = try TestDirectory()
        let source = NumberedRows.source(try NumberedRows.file(directory, rows: sizes.rows, chunk: sizes.chunk))
        var random = SeededRandom(9)
        let some = (0..<sizes.rows).filter { _ in Int.random(in: 0..<4, using: &random) > 0 }.map { Int64($0) }
        for selection in [nil, some] where (selection?.count ?? sizes.rows) >= sizes.batch {
            let count = selection?.count ?? sizes.rows
            func batches(_ data: Dataset) throws -> [[Int]] {
                let reader = try BatchReader(data, batchSize: sizes.batch, isShuffled: true, seed: 5)
                return try (0..<3).flatMap { try reader.rest(of: $0) }
            }
            let window = max(sizes.window, min(2 * sizes.batch, count))
            let streamed = try batches(NumberedRows.streamed(source, window: window, selecting: selection))
            #expect(try streamed == batches(NumberedRows.loaded(source, window: window, selecting: selection)))
            let epoch = streamed.prefix(streamed.count / 3).joined()
            #expect(epoch.sorted() == (selection?.map { Int($0) } ?? Array(0..<sizes.rows)))
        }
    }

    /// The same rule holds for rows in memory.
    @Test func aWindowInMemoryHasTwoBatches() throws {
        var data = try Dataset(inputs: (0..<100).map { [Float($0)] })
        data.shuffleWindow = 10
        #expect(throws: DataError("data.shuffle_window is 10 rows; it must be at least two batches, 64 rows")) {
            _ = try BatchReader(data, batchSize: 32, isShuffled: true, seed: 0)
        }
        // In their order they need none.
        _ = try BatchReader(data, batchSize: 32, isShuffled: false, seed: 0).rest(of: 0)
    }

    /// What a machine with another number of CPUs would need to read at once does not make a given window too large.
    @Test func aGivenWindowNeedsRoomForOneThread() throws {
        let directory = try TestDirectory()
        let path = try NumberedRows.file(directory, rows: 6000, width: 3, chunk: 2000)
        var data = try Dataset.open(NumberedRows.source(path))
        let scratch = try #require(data.inputs.parts[0].reader?.scratchBytes)
        try #require(scratch > 0)
        let rowBytes = data.inputs.rowBytes + 4 + 16
        data.shuffleWindow = 100
        data.windowBytes = scratch + 2 * 100 * rowBytes
        #expect(try data.windowRows(atLeast: 32) == 100)
        #expect(data.readingThreads(windowRows: 100) == 1)
        data.windowBytes -= 1
        #expect(throws: DataError.self) { try data.windowRows(atLeast: 32) }
        data.windowBytes += 1 + scratch
        #expect(data.readingThreads(windowRows: 100) == min(2, AvailableCPUs.count))
    }

    /// Bytes changed in the middle of each chunk in turn: always an error that names it, or, where gzip does not notice,
    /// other values; never a crash.
    @Test func aCorruptChunkIsNamed() throws {
        let directory = try TestDirectory()
        let path = directory.file()
        let (rows, width, chunk) = (96, 50, 16)
        _ = try directory.hdf5 { root in
            let values = (0..<rows * width).map { Float(($0 * 7919) % 1009) }
            try root.createDataset(
                "/inputs", .float32, shape: [rows, width], chunk: [chunk, width], gzip: 6, shuffle: true,
                fletcher32: true
            ).write(values)
        }
        let whole = try Data(contentsOf: URL(fileURLWithPath: path))
        let source = DataSource(file: path, inputs: "/inputs", targets: nil)
        var named: Set<String> = []
        for position in stride(from: whole.count / 2, to: whole.count - 300, by: 700) {
            var bytes = whole
            for index in position..<position + 40 { bytes[index] ^= 0x5A }
            try bytes.write(to: URL(fileURLWithPath: path))
            guard let data = try? NumberedRows.streamed(source, window: 32) else { continue }
            let reader = try BatchReader(data, batchSize: 8, isShuffled: true, seed: 1)
            do {
                try reader.begin(epoch: 0)
                for _ in 0..<reader.batchesPerEpoch { _ = try reader.next() }
            } catch let error as HDF5Error {
                #expect(error.file == path && error.object == "/inputs")
                #expect(error.description.hasPrefix("cannot read '/inputs' in \(path): "))
                if error.kind == .damaged { named.insert(error.reason) }
            }
        }
        let known = try (0..<rows / chunk).map { index in
            try Regex("the chunk of rows \(index * chunk) to \((index + 1) * chunk - 1) is damaged: its checksum .*")
        }
        #expect(named.count >= 2)
        for reason in named {
            #expect(try known.contains { try $0.wholeMatch(in: reason) != nil }, "\(reason)")
        }
    }

    @Test func badRowsThatAreStreamedAreFound() throws {
        let directory = try TestDirectory()
        let path = try directory.hdf5 { root in
            try root.createDataset("/inputs", .float32, shape: [40, 1]).write((0..<40).map { Float($0) })
            try root.createDataset("/weights", .float32, shape: [40]).write((0..<40).map { Float(33 - $0) })
        }
        let source = DataSource(files: [path], inputs: "/inputs", targets: nil, weights: "/weights")
        let reader = try BatchReader(
            NumberedRows.streamed(source, window: 8), batchSize: 4, isShuffled: false, seed: 0)
        #expect(throws: DataError("\(path): /weights holds -1.0 in row 34; a sample's weight is 0 or more")) {
            try reader.begin(epoch: 0)
            for _ in 0..<10 { _ = try reader.next() }
        }
    }
}
