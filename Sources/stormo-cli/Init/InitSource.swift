import Batches
import HDF5

/// A kind of source that `stormo init` makes a config for. One kind is one file, and one line in `InitSources`.
protocol InitSource: Sendable {
    /// What it is called in a sentence: `a table (.csv, .tsv)`.
    static var words: String { get }
    /// The options of `init` that it takes, by their names.
    static var options: Set<String> { get }
    /// Whether a file or a folder is one.
    /// - Throws: `DataError` and `FileError` for what can't be read.
    static func reads(_ path: String, _ options: InitOptions) throws -> Bool
    /// Looks at the data.
    /// - Throws: `UsageError` for options that do not fit, `DataError`, `FileError` and `HDF5Error` for what can't be read.
    static func survey(_ path: String, _ options: InitOptions) throws -> DataSurvey
}

/// The kinds of sources.
enum InitSources {
    static var all: [any InitSource.Type] { [ImageTableInit.self, TableInit.self, ImageInit.self, HDF5Init.self] }

    /// - Throws: `UsageError` for what is none of them.
    static func source(of path: String, _ options: InitOptions) throws -> any InitSource.Type {
        for source in all where try source.reads(path, options) { return source }
        if let foreign = ForeignFormat(of: path) { throw DataError("\(path) is \(foreign.advice(path))") }
        let words = all.map { source in source.words }
        throw UsageError(
            "\(path) is none of what init makes a config for: \(words.joined(separator: ", ")); stormo data convert "
                + "makes HDF5 of other forms")
    }
}

/// What the command line says of a source.
struct InitOptions {
    var targets: [String] = []
    var inputs: [String] = []
    var table = TableSource()
    /// Whether images that can't be decoded are left out.
    var skipsDamaged = false
    /// The path of the source as the config names it.
    var configured = ""
    /// Those that are given, by their names.
    var given: [String] = []
}
