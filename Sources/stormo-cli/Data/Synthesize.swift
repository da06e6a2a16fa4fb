import ArgumentParser
import Foundation
import Kernels
import Preparation

extension SyntheticKind: ExpressibleByArgument {}

struct Synthesize: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make up a dataset, for trying things and for benchmarks.",
        discussion: """
            blobs: clouds around a centre for each class; --classes, --features
            spirals: arms that wind around each other, 2 features; --classes
            moons: two half circles that reach into each other, 2 features
            images: gratings whose direction and width tell the class, in bytes; --classes, --shape HxWxC
            regression: a smooth function of some features; --features
            sequences: waves whose frequency tells the class; --classes, --shape STEPSxFEATURES

            The same seed makes the same data, whatever the machine's CPUs.
            """)

    @Argument(help: "blobs, spirals, moons, images, regression or sequences.")
    var kind: SyntheticKind

    @Option(help: ArgumentHelp("The file to write.", valueName: "file"), completion: .file())
    var output: String

    @Option(help: ArgumentHelp("The number of rows, all splits together.", valueName: "n"))
    var samples = 1000

    @Option(help: ArgumentHelp("The number of classes. (default: by the kind)", valueName: "n"))
    var classes: Int?

    @Option(help: ArgumentHelp("The number of features. (default: blobs 2, regression 8)", valueName: "n"))
    var features: Int?

    @Option(
        help: ArgumentHelp("The shape of a row. (default: images 28x28x1, sequences 64x1)", valueName: "HxWxC"),
        transform: { text in
            let sizes = text.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) ?? 0 }
            guard sizes.allSatisfy({ $0 > 0 }) else {
                throw ValidationError("'\(text)' is no shape such as 28x28x1")
            }
            return Shape(sizes)
        })
    var shape: Shape?

    @Option(help: ArgumentHelp("How far the values stray. (default: by the kind)", valueName: "size"))
    var noise: Float?

    @Option(help: "What the random numbers follow from.")
    var seed: UInt64 = 0

    @Flag(help: "Put the rows of a class together, to try what shuffling does.")
    var sorted = false

    @Option(help: ArgumentHelp("The share of rows in /validation; 0 for none.", valueName: "share"))
    var validation = 0.1

    @Option(help: ArgumentHelp("The share of rows in /test; 0 for none.", valueName: "share"))
    var test = 0.1

    @Option(help: GzipLevel.help)
    var gzip = GzipLevel(level: nil)

    @Option(help: ArgumentHelp("Rows of a chunk. (default: by the size of a row)", valueName: "n"))
    var chunkRows: Int?

    func validate() throws {
        if features != nil, shape != nil { throw ValidationError("--features and --shape say the same: give one") }
        if let features, features < 1 { throw ValidationError("--features must be at least 1, but is \(features)") }
        if let chunkRows, chunkRows < 1 {
            throw ValidationError("--chunk-rows must be at least 1, but is \(chunkRows)")
        }
    }

    func run() throws {
        try OutputFile.check(output, "--output", reading: [])
        var synthesis = Synthesis(kind)
        synthesis.samples = samples
        synthesis.classes = classes
        synthesis.shape = shape ?? features.map { [$0] }
        synthesis.noise = noise
        synthesis.seed = seed
        synthesis.sorted = sorted
        synthesis.validation = validation
        synthesis.test = test
        synthesis.storage = DatasetStorage(gzip: gzip.level ?? 0, chunkRows: chunkRows)
        let start = ContinuousClock.now
        let display = RateDisplay("making \(kind.rawValue)")
        defer { display.finish() }
        let summary: Synthesis.Summary
        do {
            summary = try synthesis.run(to: output) { display.update($0) }
        } catch let mistake as Synthesis.Mistake {
            throw UsageError("\(mistake)")
        } catch let mistake as SplitFractions.Mistake {
            throw UsageError("\(mistake)")
        }
        display.finish()
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        let counts = summary.splits.map { "\(Figures.count($0.rows)) \($0.name)" }.joined(separator: ", ")
        Console.print(
            "wrote \(output): \(counts) rows of \(summary.rowShape) \(summary.type)"
                + (summary.classes > 0 ? ", \(summary.classes) classes" : ", a number as target")
                + String(format: " (%.1f s, ", seconds) + Figures.bytes(Int(Double(summary.bytes) / max(seconds, 1e-3)))
                + "/s)")
        let loss = summary.classes > 0 ? "sparse_categorical_crossentropy" : "mean_squared_error"
        let last =
            summary.classes > 0
            ? "{\"type\": \"dense\", \"units\": \(summary.classes), \"activation\": \"softmax\"}"
            : "{\"type\": \"dense\", \"units\": 1}"
        let flatten = summary.rowShape.rank > 1 ? "{\"type\": \"flatten\"}, " : ""
        let model =
            ",\n\"model\": {\"layers\": [\(flatten){\"type\": \"dense\", \"units\": 32, \"activation\": \"relu\"}, "
            + "\(last)]},\n"
            + "\"loss\": \"\(loss)\""
        Console.print(DataSnippet.text(output, summary.splits.map(\.name), then: model))
    }
}
