import ArgumentParser
import HDF5
import Kernels
import Preparation

struct Rechunk: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Copy a dataset file with its rows in chunks of another size.",
        discussion: """
            A chunk is what is read and decompressed at once. All groups, datasets and attributes are kept; datasets \
            that are not of numbers are copied as they are. The output may be the file itself: it is replaced when all \
            is written.
            """)

    @Argument(help: "The HDF5 file.", completion: .file())
    var file: String

    @Option(help: ArgumentHelp("The file to write.", valueName: "file"), completion: .file())
    var output: String

    @Option(
        help: ArgumentHelp(
            "Rows of a chunk, of datasets with more than a number a row. (default: about 64, by the size of a row)",
            valueName: "n"))
    var rows: Int?

    @Option(help: GzipLevel.help)
    var gzip = GzipLevel(level: 4)

    @Flag(help: "Do not reorder bytes before they are compressed.")
    var noShuffle = false

    @Flag(help: "Keep a checksum with each chunk.")
    var fletcher32 = false

    @Flag(help: "Read everything back and compare it before the file takes its place.")
    var verify = false

    @OptionGroup var links: ExternalLinksOption

    func validate() throws {
        if let rows, !(1...Int(Int32.max)).contains(rows) {
            throw ValidationError("--rows must be 1 to \(Int32.max), but is \(rows)")
        }
    }

    func run() throws {
        try OutputFile.check(output, "--output", reading: [])
        var rechunking = Rechunking()
        rechunking.rows = rows
        rechunking.gzip = gzip.level
        rechunking.shuffle = !noShuffle
        rechunking.fletcher32 = fletcher32
        rechunking.verify = verify
        rechunking.followsExternalLinks = links.allowExternalLinks
        let display = RateDisplay("rechunking")
        defer { display.finish() }
        let summary = try rechunking.run(file, to: output) { display.update($0) }
        display.finish()
        var table = TextTable([
            ("dataset", .left), ("chunks before", .left), ("after", .left), ("on disk before", .right),
            ("after", .right),
        ])
        for result in summary.results {
            table.append([
                result.path, Self.words(result.layout), result.isRechunked ? Self.words(result.newLayout) : "as it was",
                Figures.bytes(result.storedBytes), Figures.bytes(result.newStoredBytes),
            ])
        }
        table.print()
        for name in summary.omittedAttributes {
            Console.print("left out, since it refers to objects of its file: attribute \(name)")
        }
        for link in summary.omittedLinks { Console.print("left out: \(link.path), \(link.reason)") }
        Console.print("wrote \(output)" + (verify ? ", verified" : ""))
    }

    private static func words(_ layout: HDF5Layout) -> String {
        if case .chunked(let chunk) = layout { return "\(Shape(chunk))" }
        return "\(layout)"
    }
}

/// A level of compression, or `none`.
struct GzipLevel: ExpressibleByArgument, CustomStringConvertible {
    let level: Int?

    init(level: Int?) { self.level = level }

    init?(argument: String) {
        if argument == "none" {
            level = nil
        } else if let level = Int(argument), (0...9).contains(level) {
            self.level = level == 0 ? nil : level
        } else {
            return nil
        }
    }

    var description: String { level.map { "\($0)" } ?? "none" }
    var defaultValueDescription: String { description }

    static let help = ArgumentHelp("The level of compression, 1 (fast) to 9 (small), or none.", valueName: "level")
}
