import Foundation
import Testing

@testable import Configuration

@Suite struct ConfigurationDocumentTests {
    /// The sentence for a file of these bytes, with the folder's name taken out of it.
    private func sentence(for bytes: some Sequence<UInt8>) throws -> String? {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("stormo-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appendingPathComponent("a.json")
        try Data(bytes).write(to: file)
        return reading(file.path)?.replacingOccurrences(of: folder.path + "/", with: "")
    }

    private func reading(_ path: String) -> String? {
        ConfigurationTests.sentence { () throws(ConfigurationError) in
            _ = try ConfigurationDocument(contentsOf: path)
        }
    }

    @Test func filesThatAreNoConfigsGetASentence() throws {
        #expect(try sentence(for: []) == "a.json: is empty; write a JSON object, {…}")
        #expect(try sentence(for: " \n\t\n".utf8) == "a.json: is empty; write a JSON object, {…}")
        #expect(try sentence(for: [0xEF, 0xBB, 0xBF]) == "a.json: is empty; write a JSON object, {…}")
        #expect(try sentence(for: [0xFF, 0xFE, 0x7B, 0]) == "a.json: is in UTF-16; save it as UTF-8")
        #expect(
            try sentence(for: [0x7B, 0, 0x7D, 0]) == "a.json: holds a zero byte; save it as plain UTF-8 text")
        #expect(
            try sentence(for: Array("{\n\n\"é\":".utf8) + [0xE9])
                == "a.json:3: holds bytes that are not UTF-8; save it as UTF-8 text")
        #expect(
            try sentence(for: Array("\u{89}".utf8.dropFirst()) + Array("HDF\r\n".utf8))
                == "a.json: is an HDF5 file; name a JSON config")
        #expect(
            try sentence(for: Data(count: ConfigurationDocument.largestSize + 1))
                == "a.json: is larger than 16 MiB, so it is hardly a config")
        #expect(try sentence(for: "[\n1]".utf8) == "a.json:1: must be a JSON object, {…}, but is a list")
        #expect(try sentence(for: "\n\n3".utf8) == "a.json:3: must be a JSON object, {…}, but is 3")
        #expect(reading("/nowhere/a.json") == "/nowhere/a.json: there is no such file")
        #expect(reading("/") == "/: is a folder; name the config file in it")
        #expect(reading("") == "there is no such file")
        #expect(reading("/dev/zero") == "/dev/zero: is larger than 16 MiB, so it is hardly a config")
    }

    @Test func aByteOrderMarkIsPassedOver() throws {
        let document = try ConfigurationDocument(text: "\u{FEFF}{\"a\": 1}", file: "a.json")
        #expect(document.root == ["a": 1])
        #expect(try sentence(for: [0xEF, 0xBB, 0xBF] + Array("{}".utf8)) == nil)
    }
}
