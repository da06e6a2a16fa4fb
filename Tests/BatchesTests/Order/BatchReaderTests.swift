import Foundation
import HDF5
import RunSupport
import TestSupport
import Testing

@testable import Batches

@Suite struct BatchReaderTests {
    private func reader(_ data: Dataset, batch: Int = 8, shuffled: Bool = true, seed: UInt64 = 7) throws -> BatchReader
    {
        try BatchReader(data, batchSize: batch, isShuffled: shuffled, seed: seed)
    }

    /// In windows that batches do not divide.
    private static let rows = 103
    private static let window = 25

    private func streamed(_ directory: TestDirectory, weights: Bool = false) throws -> Dataset {
        let path = try NumberedRows.file(directory, rows: Self.rows)
        return try NumberedRows.streamed(NumberedRows.source(path, weights: weights), window: Self.window)
    }

    @Test func batchesCoverTheEpochAndTheLastMayBeShort() throws {
        let data = try Dataset(inputs: (0..<10).map { [Float($0)] })
        let reader = try reader(data, batch: 4)
        #expect(reader.batchesPerEpoch == 3)
        let batches = try reader.rest(of: 0)
        #expect(batches.map(\.count) == [4, 4, 2])
        #expect(batches.flatMap { $0 }.sorted() == Array(0..<10))
        #expect(try self.reader(data, batch: 5).batchesPerEpoch == 2)
        #expect(try self.reader(data, batch: 10).batchesPerEpoch == 1)
        #expect(
            try self.reader(data, batch: 4, shuffled: false).rest(of: 3) == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]])
    }

    /// Every row once, of several windows, some of whose ends lie within a batch.
    @Test(arguments: [1, 8, 12])
    func everyRowOfAStreamComesOnce(batch: Int) throws {
        let directory = try TestDirectory()
        let data = try streamed(directory, weights: true)
        let reader = try reader(data, batch: batch)
        for epoch in 0..<4 {
            let batches = try reader.rest(of: epoch)
            #expect(batches.dropLast().allSatisfy { $0.count == batch })
            #expect(batches.flatMap { $0 }.sorted() == Array(0..<Self.rows), "epoch \(epoch)")
        }
        let inOrder = try self.reader(data, batch: batch, shuffled: false)
        #expect(try inOrder.rest(of: 1).flatMap { $0 } == Array(0..<Self.rows))
    }

    @Test(arguments: [1, 7, 12])
    func aStreamHasTheOrderOfTheSameRowsInMemory(batch: Int) throws {
        let directory = try TestDirectory()
        let path = try NumberedRows.file(directory, rows: Self.rows)
        let source = NumberedRows.source(path)
        let odd = (0..<Self.rows / 2).map { Int64(2 * $0 + 1) }
        for rows in [nil, odd] {
            let stream = try reader(
                NumberedRows.streamed(source, window: Self.window, selecting: rows), batch: batch)
            let memory = try reader(NumberedRows.loaded(source, window: Self.window, selecting: rows), batch: batch)
            #expect(try stream.rest(of: 0) == memory.rest(of: 0))
            #expect(try stream.rest(of: 1) == memory.rest(of: 1))
        }
        // A window of more rows than there are is one of as many.
        let stream = try reader(NumberedRows.streamed(source, window: 5000), batch: batch)
        #expect(try stream.rest(of: 0) == reader(NumberedRows.loaded(source, window: 5000), batch: batch).rest(of: 0))
        #expect(
            try stream.rest(of: 2) == reader(NumberedRows.loaded(source, window: Self.rows), batch: batch).rest(of: 2))
    }

    @Test func anyStepCanBeGoneOnFrom() throws {
        let directory = try TestDirectory()
        let data = try streamed(directory)
        let whole = try reader(data).rest(of: 2)
        let used = try reader(data)
        for step in 0...whole.count {
            #expect(try reader(data).rest(of: 2, at: step) == Array(whole[step...]), "a new reader, step \(step)")
            #expect(try used.rest(of: 2, at: step) == Array(whole[step...]), "a used reader, step \(step)")
        }
    }

    /// In turn, as a fit asks; again, as a second fit does; in any order; and after an epoch that was broken off.
    @Test(arguments: [[0, 1, 2, 3, 4], [0, 0, 1, 1, 0, 1], [5, 3, 4, 5, 0, 1, 1, 2, 9]])
    func whatIsPreparedAheadIsTheEpochThatWasAskedFor(epochs: [Int]) throws {
        let directory = try TestDirectory()
        let streamed = try streamed(directory)
        for data in [streamed, try streamed.loaded()] {
            let reader = try reader(data)
            for epoch in epochs { #expect(try reader.rest(of: epoch) == self.reader(data).rest(of: epoch)) }
            for taken in 0..<6 {
                try reader.begin(epoch: 1)
                for _ in 0..<taken { _ = try reader.next() }
                #expect(try reader.rest(of: 2) == self.reader(data).rest(of: 2), "after \(taken) batches")
            }
        }
    }

    @Test func aFileThatBecomesShorterAndWholeAgain() throws {
        let directory = try TestDirectory()
        let path = try NumberedRows.file(directory, rows: Self.rows)
        let data = try NumberedRows.streamed(NumberedRows.source(path), window: Self.window)
        let whole = try reader(data).rest(of: 0)
        let reader = try reader(data)
        #expect(try reader.rest(of: 0) == whole)
        let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        #expect(truncate(path, off_t(bytes.count / 3)) == 0)
        // Up to two windows may have been read before.
        let error = #expect(throws: HDF5Error.self) { for epoch in 1..<4 { _ = try reader.rest(of: epoch) } }
        #expect(error?.file == path)
        #expect(error?.object == "/inputs" || error?.object == "/targets")
        #expect(
            error?.reason == "the file has become shorter since it was opened; run again with a whole one",
            "\(String(describing: error))")
        #expect(throws: HDF5Error.self) { for epoch in 4..<7 { _ = try reader.rest(of: epoch) } }
        let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        try file.write(contentsOf: bytes)
        try file.close()
        #expect(try reader.rest(of: 0) == whole)
    }

    /// Whoever has opened a file keeps it.
    @Test func aFileThatVanishesIsStillRead() throws {
        let directory = try TestDirectory()
        let path = try NumberedRows.file(directory, rows: Self.rows)
        let data = try NumberedRows.streamed(NumberedRows.source(path), window: Self.window)
        let whole = try reader(data).rest(of: 1)
        try FileManager.default.removeItem(atPath: path)
        #expect(try reader(data).rest(of: 1) == whole)
    }
}
