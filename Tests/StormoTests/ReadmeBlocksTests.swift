import Foundation
import TestSupport
import Testing

/// What the README shows of Swift is what `Tests/SwiftPackage/Sources/Tour/ReadmeBlocks.swift` compiles.
struct ReadmeBlocksTests {
    private func blocks() throws -> [[String]] {
        let text = try String(contentsOfFile: "\(Repository.path)/README.md", encoding: .utf8)
        return text.components(separatedBy: "```swift\n").dropFirst().map { block in
            (block.components(separatedBy: "\n```").first ?? "").components(separatedBy: "\n")
        }
    }

    @Test func eachBlockIsCompiled() throws {
        let source = try String(
            contentsOfFile: "\(Repository.path)/Tests/SwiftPackage/Sources/Tour/ReadmeBlocks.swift", encoding: .utf8)
        let blocks = try blocks()
        #expect(blocks.count == 5)
        // The first two lines are of a manifest.
        for block in blocks.dropFirst() {
            var lines = block
            if lines.first == "import Stormo" { lines.removeFirst(2) }
            let text = lines.map { $0.isEmpty ? "" : "    " + $0 }.joined(separator: "\n")
            #expect(source.contains("\n\(text)\n}\n"), "\(text)")
        }
        let functions = source.components(separatedBy: "\nfunc ").count - 1
        #expect(functions == blocks.count - 1, "a function stands for each block")
    }

    /// The lines of a manifest name what the package has, as the package beside it that is built does.
    @Test func theManifestNamesTheProduct() throws {
        let manifest = try String(contentsOfFile: "\(Repository.path)/Package.swift", encoding: .utf8)
        #expect(manifest.contains(".library(name: \"Stormo\""))
        let lines = try blocks()[0]
        #expect(lines.count == 2 && lines[0].hasPrefix("dependencies: [.package(path: "))
        #expect(lines[1].contains(".product(name: \"Stormo\", package: \"stormo\")"), "\(lines[1])")
    }
}
