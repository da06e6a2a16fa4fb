import Configuration
import Foundation
import RunSupport
import TestSupport
import Testing

@testable import Runs

/// Configs of megabytes are read or refused in a time by their size.
struct LargeConfigTests {
    private let config = """
        {"data": {"train": {"file": "d.h5"}}, "model": {"layers": [{"type": "dense", "units": 2}]},
        "loss": "mean_squared_error", "optimizer": {"type": "adam"}, "training": {"epochs": 1, "batch_size": 8}
        """

    private func mistakes(_ text: String) -> String {
        do {
            _ = try RunConfiguration(ConfigurationDocument(text: text, file: "a.json"), directory: "")
            return ""
        } catch {
            return "\(error)"
        }
    }

    @Test func manyUnknownKeys() {
        expectThreadTime {
            let keys = (0..<200_000).map { ",\n\"epoch\($0)\": 1" }.joined()
            let lines = mistakes(config + keys + "}").split(separator: "\n")
            #expect(lines.count == 51)
            #expect(lines.first == "200000 mistakes in a.json; the first 50 are:")
            #expect(lines.last?.hasPrefix("a.json:52: epoch49: unknown key; ") == true, "\(lines.last ?? "")")
        }
    }

    @Test func manyWrongValues() {
        expectThreadTime {
            let words = (0..<200_000).map { "\"acuracy\($0)\"" }.joined(separator: ",")
            #expect(
                mistakes(config + ", \"metrics\": [\(words)]}").hasPrefix(
                    "200000 mistakes in a.json; the first 50 are:"))
            let layers = String(repeating: "{\"type\": \"dens\"},", count: 100_000)
            let text = config.replacingOccurrences(of: "\"layers\": [", with: "\"layers\": [" + layers)
            #expect(mistakes(text + "}").hasPrefix("100000 mistakes in a.json; the first 50 are:"))
        }
    }

    @Test func longStrings() {
        expectThreadTime {
            let long = String(repeating: "x", count: 15_000_000)
            #expect(mistakes(config + ", \"metrics\": [\"\(long)\"]}").utf8.count < 5000)
            #expect(mistakes(config + ", \"\(long)\": 1}").utf8.count < 5000)
            #expect(
                mistakes(config + ", \"name\": \"\(long)\"}")
                    == "a.json:2: name: must be at most 1024 bytes long, but has 15000000")
            #expect(mistakes(config + ", \"$schema\": \"\(long)\"}") == "")
        }
    }
}
