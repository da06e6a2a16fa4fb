import Files
import Foundation
import SwiftProtobuf
import TestSupport
import Testing

@testable import TensorBoard

struct EventFilesTests {
    private let time = Date(timeIntervalSince1970: 1_000_000)

    /// All events of a folder, in the order in which TensorBoard reads its files.
    private func events(_ directory: String) throws -> [Event] {
        try FileManager.default.contentsOfDirectory(atPath: directory).sorted().flatMap { name in
            let bytes = Array(try #require(FileManager.default.contents(atPath: "\(directory)/\(name)")))
            var (events, end) = ([Event](), 0)
            while let (record, next) = RecordFrame.record(in: bytes, at: end) {
                events.append(try Event(serializedBytes: Array(record)))
                end = next
            }
            #expect(end == bytes.count, "\(name) ends with a whole record")
            #expect(events.first?.fileVersion == "brain.Event:2")
            return events.dropFirst()
        }
    }

    private func log(_ directory: TestDirectory, after step: Int?) throws -> EventLog {
        try EventLog(directory.file("train"), after: step, at: time)
    }

    private func write(_ log: EventLog, _ steps: ClosedRange<Int>, _ value: Double = 1) throws {
        for step in steps { log.scalars([("loss", value * Double(step))], step: step, at: time) }
        try log.flush()
    }

    @Test func eventsHaveStepTimeTagAndValue() throws {
        let directory = try TestDirectory()
        let log = try log(directory, after: nil)
        log.scalars([("loss", 0.5), ("accuracy", .nan)], step: 40, at: time)
        log.text("config", "# a", step: 0, at: time)
        try log.flush()
        let events = try events(directory.file("train"))
        #expect(events.count == 2)
        #expect(events[0].step == 40 && events[0].wallTime == 1_000_000)
        #expect(events[0].summary.value.map(\.tag) == ["loss", "accuracy"])
        #expect(events[0].summary.value[0].simpleValue == 0.5)
        #expect(events[0].summary.value[1].simpleValue.isNaN)
        #expect(events[1].summary.value[0].tensor.stringVal == [Data("# a".utf8)])
        #expect(events[1].summary.value[0].metadata.pluginData.pluginName == "text")
    }

    /// What was written of later steps goes, wherever it stands, and so does what a kill left of a record.
    @Test func aResumeCutsWhatComesAfterItsStep() throws {
        let directory = try TestDirectory()
        try write(log(directory, after: nil), 1...10)
        try write(log(directory, after: 8), 9...12, 2)
        #expect(try events(directory.file("train")).map(\.step) == Array(1...12))
        let file = directory.file("train/events.out.tfevents.000000000008.stormo")
        let bytes = try #require(FileManager.default.contents(atPath: file))
        try bytes.dropLast(3).write(to: URL(fileURLWithPath: file))
        try write(log(directory, after: 11), 12...13, 3)
        let events = try events(directory.file("train"))
        #expect(events.map(\.step) == Array(1...13))
        #expect(events.map { $0.summary.value[0].simpleValue } == [1, 2, 3, 4, 5, 6, 7, 8, 18, 20, 22, 36, 39])
        try write(log(directory, after: 5), 6...6)
        #expect(try self.events(directory.file("train")).map(\.step) == Array(1...6))
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: directory.file("train")).sorted() == [
                "events.out.tfevents.000000000000.stormo", "events.out.tfevents.000000000005.stormo",
            ])
    }

    @Test func goingBackCutsToo() throws {
        let directory = try TestDirectory()
        let log = try log(directory, after: nil)
        try write(log, 1...6)
        try log.goBack(to: 4, at: time)
        try write(log, 5...6, 10)
        #expect(
            try events(directory.file("train")).map { $0.summary.value[0].simpleValue } == [1, 2, 3, 4, 50, 60])
    }

    /// Files of others stay.
    @Test func aRunThatBeginsRemovesEventsOfBefore() throws {
        let directory = try TestDirectory()
        try write(log(directory, after: nil), 1...3)
        _ = try directory.write("mine", to: "train/events.out.tfevents.7.host")
        try write(log(directory, after: nil), 1...1)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: directory.file("train")).sorted() == [
                "events.out.tfevents.000000000000.stormo", "events.out.tfevents.7.host",
            ])
        try EventFiles.remove(in: directory.file("train"))
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: directory.file("train"))
                == ["events.out.tfevents.7.host"])
    }

    @Test func aFolderThatCantBeMadeIsNamed() throws {
        let directory = try TestDirectory()
        let path = try directory.write("", to: "train")
        let error = #expect(throws: FileError.self) { try log(directory, after: nil) }
        #expect("\(try #require(error))".hasPrefix("\(path) can't be made: "))
    }
}
