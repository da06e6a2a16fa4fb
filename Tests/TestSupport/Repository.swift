import Foundation

/// The folder of the repository that these tests were built from, with its data, configs and scripts.
package enum Repository {
    package static let path: String = {
        var url = URL(fileURLWithPath: #filePath)
        for _ in 0..<3 { url.deleteLastPathComponent() }
        return url.path
    }()

    /// A file that a test target keeps under its `Fixtures`.
    package static func fixture(_ name: String, of target: String) -> String {
        "\(path)/Tests/\(target)/Fixtures/\(name)"
    }

    package static func dataset(_ name: String) -> String { "\(path)/Datasets/\(name)" }
}

/// The repository's own configs.
package enum ShippedConfigs {
    package static let directory = Repository.path + "/Configs"
    package static let schemaPath = directory + "/schema.json"

    /// The configs' paths, without the schema's.
    package static var paths: [String] {
        get throws {
            try FileManager.default.contentsOfDirectory(atPath: directory).sorted()
                .filter { $0.hasSuffix(".json") && $0 != "schema.json" }
                .map { "\(directory)/\($0)" }
        }
    }
}
