import Foundation
import TestSupport
import Testing

@testable import Files
@testable import Runs

@Suite struct RunStateTests {
    private let state = RunState(
        phase: .running, name: "digits", started: Date(timeIntervalSince1970: 1_750_000_000),
        updated: Date(timeIntervalSince1970: 1_750_000_065), epoch: 3, epochs: 20, step: 120,
        best: .init(monitor: "validation_loss", value: 0.125, epoch: 2), process: 4711)

    @Test func itComesBack() throws {
        let directory = try TestDirectory()
        #expect(try RunState(directory: directory.path) == nil)
        try state.write(to: directory.path)
        #expect(try RunState(directory: directory.path) == state)
        var other = state
        other.phase = .failed
        other.best = nil
        other.error = "the disk \"x\"\nis full"
        try other.write(to: directory.path)
        #expect(try RunState(directory: directory.path) == other)
        #expect(directory.listing == ["state.json"])
    }

    @Test func theFileIsPlain() {
        #expect(
            state.json == [
                "state": "running", "name": "digits", "started": "2025-06-15T15:06:40Z",
                "updated": "2025-06-15T15:07:45Z", "epoch": 3, "epochs": 20, "step": 120,
                "best": ["monitor": "validation_loss", "value": 0.125, "epoch": 2], "pid": 4711,
            ])
        var worst = state
        worst.best?.value = .infinity
        #expect(worst.json["best"] == nil)
    }

    @Test func damageIsASentence() throws {
        let directory = try TestDirectory()
        func sentence(_ text: String) throws -> String {
            let path = try directory.write(text, to: "state.json")
            let error = #expect(throws: FileError.self) { try RunState(directory: directory.path) }
            return error.map { "\($0)".replacingOccurrences(of: path, with: "state.json") } ?? ""
        }
        #expect(try sentence("") == "state.json is damaged: state.json: is empty; write a JSON object, {…}")
        #expect(try sentence("{\"state\": \"runn").hasPrefix("state.json is damaged: state.json:1: not valid JSON"))
        #expect(try sentence("[]").hasPrefix("state.json is damaged: "))
        let text = state.json.jsonText()
        #expect(
            try sentence(text.replacingOccurrences(of: "running", with: "runing")).contains("did you mean 'running'?"))
        #expect(
            try sentence(text.replacingOccurrences(of: "2025-06-15T15:06:40Z", with: "yesterday")).hasSuffix(
                "started: must be a time such as 2025-01-31T12:00:00Z, but is 'yesterday'"))
        #expect(try sentence(text.replacingOccurrences(of: "4711", with: "\"x\"")).contains("pid: "))
        try FileManager.default.removeItem(atPath: directory.file("state.json"))
        try FileManager.default.createDirectory(
            atPath: directory.file("state.json"), withIntermediateDirectories: false)
        #expect(throws: FileError("\(directory.file("state.json")) is not a regular file", isBadData: true)) {
            try RunState(directory: directory.path)
        }
    }
}
