import ArgumentParser
import Batches
import Files
import Foundation
import HDF5
import Interchange
import Kernels
import Preparation

struct Convert: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make an HDF5 dataset from CSV, IDX, NumPy, text or images.",
        discussion: """
            What the source is, is seen from its contents and its ending. A file that is there already is replaced \
            when the new one is whole, unless it is a model. Examples:

              stormo data convert flowers.csv --target species --output flowers.h5
              stormo data convert train-images-idx3-ubyte.gz train-labels-idx1-ubyte.gz --output mnist.h5
              stormo data convert mnist.npz --output mnist.h5 --add-channel
              stormo data convert photos --size 64x64 --output photos.h5
              stormo data convert book.txt --tokens words --window 64 --output book.h5
            """)

    @Argument(
        help: ArgumentHelp(
            "What to convert: a table; samples and their labels; an array or two; texts; images or a folder of them.",
            valueName: "source"), completion: .file())
    var sources: [String]

    @Option(name: .shortAndLong, help: ArgumentHelp("The HDF5 file to write.", valueName: "file"), completion: .file())
    var output: String

    @Option(help: ArgumentHelp("What the source is: csv, tsv, idx, npy, npz, images or text.", valueName: "format"))
    var format: SourceFormat?

    @Option(
        help: ArgumentHelp(
            "The group for inputs and targets (default: /train); where the source has splits, they go below it.",
            valueName: "group"))
    var group: String?

    @Option(help: ArgumentHelp("The level of compression, 0 (none) to 9.", valueName: "level"))
    var gzip = 4

    @Option(help: ArgumentHelp("Rows of a chunk (default: about 64).", valueName: "rows"))
    var chunkRows: Int?

    @Option(
        help: ArgumentHelp(
            "A model, or a file that was converted before, whose columns, kinds and codes a table gets; in place of --target, "
                + "--drop, --column, --categorical and --missing.", valueName: "file"), completion: .file())
    var like: String?

    @Flag(help: "There are no targets: all columns, or the one array, are inputs.")
    var noTargets = false

    @OptionGroup(title: "Tables") var table: TableArguments
    @OptionGroup(title: "NumPy") var arrays: ArrayArguments
    @OptionGroup(title: "Text") var text: TextArguments
    @OptionGroup(title: "Images") var images: ImageArguments

    func validate() throws {
        guard (0...9).contains(gzip) else { throw ValidationError("--gzip \(gzip): the level goes from 0 to 9") }
        if let chunkRows, chunkRows < 1 {
            throw ValidationError("--chunk-rows \(chunkRows): a chunk has at least one row")
        }
        if let group, let problem = ConversionTarget.problem(withGroup: group) {
            throw ValidationError("--group \(group): \(problem)")
        }
        if noTargets, !table.target.isEmpty { throw ValidationError("--target and --no-targets contradict each other") }
        if like != nil, let option = table.decisions.first {
            throw ValidationError("\(option) and --like contradict each other: what is done with columns is said there")
        }
        if noTargets, arrays.targets != nil {
            throw ValidationError("--targets and --no-targets contradict each other")
        }
    }

    func run() throws {
        try OutputFile.check(output, "--output", reading: sources)
        let format = try self.format ?? SourceFormat(of: sources[0])
        try checkOptions(for: format)
        let converter = try converter(format)
        let target = try ConversionTarget(
            file: output, group: group, storage: DatasetStorage(gzip: gzip, chunkRows: chunkRows))
        let display = RateDisplay("converting")
        let report: ConversionReport
        do {
            defer { display.finish() }
            report = try converter.convert(to: target, progress: display.update)
        }
        ConversionSummary(output, report, seconds: display.elapsed).print()
    }

    /// An option that has no effect on what is converted is refused, not passed over.
    private func checkOptions(for format: SourceFormat) throws {
        let areBytes = format == .text && text.tokens == .bytes
        let texts = "texts cut into characters or words"
        let belongings: [(options: [String], to: String, isMet: Bool)] = [
            (table.given, "tables", [.csv, .tsv].contains(format)),
            (like == nil ? [] : ["--like"], "tables", [.csv, .tsv].contains(format)),
            (arrays.addChannel ? ["--add-channel"] : [], "NumPy's arrays", [.npy, .npz].contains(format)),
            (arrays.givenNames, "NPZ archives, whose arrays have names", format == .npz),
            (text.given, "texts", format == .text),
            (text.givenOfScalars, texts, format == .text && !areBytes),
            (images.given, "images", format == .images),
            (noTargets ? ["--no-targets"] : [], "tables, IDX files and arrays", ![.text, .images].contains(format)),
            (
                table.form.encoding == nil ? [] : ["--encoding"], "tables and for \(texts)",
                [.csv, .tsv].contains(format) || format == .text && !areBytes
            ),
        ]
        for belonging in belongings where !belonging.isMet {
            guard let option = belonging.options.first else { continue }
            throw UsageError(
                "\(option) is for \(belonging.to), and \(sources[0]) is read as \(areBytes ? "bytes" : format.rawValue); "
                    + (self.format == nil ? "leave it out, or say by --format what the source is" : "leave it out"))
        }
    }

    /// What a model, or a converted file, says of columns.
    private static func likeTable(_ path: String) throws -> LikeTable {
        let file = try HDF5File.open(path)
        guard try file.exists("/stormo") else { return try LikeTable(file) }
        let model = try TrainedModel(contentsOf: path)
        return try LikeTable(model, path)
    }

    private func converter(_ format: SourceFormat) throws -> any Converter {
        switch format {
        case .csv, .tsv:
            guard sources.count == 1 else {
                throw UsageError("tables are converted one at a time; \(sources.count) were given")
            }
            var options = try table.options(
                format, isTabbed: TableSource.isTabbed(sources[0]), hasTargets: !noTargets)
            options.like = try like.map { try Self.likeTable($0) }
            return TableConverter(sources[0], options: options)
        case .idx: return IDXConverter(sources, hasTargets: !noTargets)
        case .npy, .npz:
            var converter = NumPyConverter(sources)
            converter.hasTargets = !noTargets
            converter.inputs = arrays.inputs
            converter.targets = arrays.targets
            converter.addsChannel = arrays.addChannel
            return converter
        case .images:
            let folders = sources.filter { AtomicFile.isDirectory($0) }
            guard folders.isEmpty || sources.count == 1 else {
                throw UsageError("one folder of images is converted at a time; \(sources.count) sources were given")
            }
            return ImageConverter(folders.first.map { .folder($0) } ?? .files(sources), options: images.options)
        case .text: return TextConverter(sources, options: text.options(table.form.encoding ?? .utf8))
        }
    }
}

extension SourceFormat: ExpressibleByArgument {}
