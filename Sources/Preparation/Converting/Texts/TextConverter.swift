import Batches
internal import HDF5

/// How text becomes windows of tokens.
package struct TextOptions: Sendable {
    package var tokens = TokenKind.characters
    /// Tokens of a row.
    package var window = 128
    /// Tokens from the beginning of a row to that of the next; nil for the window's size.
    package var stride: Int?
    /// The most tokens of the vocabulary; the rarer become `<unknown>`.
    package var vocabularySize: Int?
    package var isLowercased = false
    /// Plays no part where bytes are the tokens.
    package var encoding = TextEncoding.utf8

    package init() {}
}

/// Converts text to windows of token numbers: `inputs` (rows, window), and as `targets` (rows, window) the token that
/// follows each.
///
/// The vocabulary is kept, the most frequent token first, as the attribute `vocabulary` of the inputs, or, where it is
/// larger than 60,000 tokens, as the dataset `/vocabulary`. The numbers are uint8, uint16 or int32, as it needs. Of
/// several texts, one runs on into the next.
package struct TextConverter: Converter {
    package let paths: [String]
    package let options: TextOptions

    package init(_ paths: [String], options: TextOptions = TextOptions()) {
        self.paths = paths
        self.options = options
    }

    /// The most tokens that are written, inputs and targets together.
    static let mostValues = 64 << 30

    /// Beyond this many, the vocabulary is a dataset.
    static let largestAttribute = 60_000

    package func convert(
        to target: ConversionTarget, progress: (PreparationProgress) -> Void
    ) throws -> ConversionReport {
        guard (1...1 << 20).contains(options.window), options.stride.map({ $0 >= 1 }) ?? true,
            options.vocabularySize.map({ $0 >= 2 }) ?? true, !paths.isEmpty
        else {
            throw DataError("a window has 1 to \(1 << 20) tokens, a stride at least 1, a vocabulary at least 2")
        }
        let sources = try paths.map(Inflate.open)
        let total = sources.reduce(0) { $0 + $1.count }
        let (count, vocabulary, words) = try count(sources) {
            progress(PreparationProgress(done: $0, total: 2 * total, rows: 0))
        }
        try TextBudget.check(
            vocabulary.tokens ?? [], "\(paths.joined(separator: ", ")): the words",
            "leave out what is no word, or give a --vocabulary-size")
        let stride = options.stride ?? options.window
        guard count > options.window else {
            throw DataError(
                "\(paths.joined(separator: ", ")): \(count) \(options.tokens) are too few for a window of "
                    + "\(options.window) and the one that follows; give a smaller --window")
        }
        let rows = (count - options.window - 1) / stride + 1
        // Windows that overlap hold each token many times.
        let values = rows.multipliedReportingOverflow(by: 2 * options.window)
        guard !values.overflow, values.partialValue <= Self.mostValues else {
            throw DataError(
                "\(paths.joined(separator: ", ")): \(rows) windows of \(options.window) tokens would be more than the "
                    + "\(Self.mostValues >> 30) GiB of tokens that are written, since each overlaps the one before; give a "
                    + "larger --stride or a smaller --window")
        }
        var report = ConversionReport()
        try DatasetFile.write(target.file) { file in
            let group = target.path(split: nil)
            let type: HDF5ElementType = vocabulary.count <= 256 ? .uint8 : vocabulary.count <= 65_536 ? .uint16 : .int32
            let inputs = try RowWriter(
                file, group + "/inputs", type, rowShape: [options.window], rows: rows, storage: target.storage)
            let targets = try RowWriter(
                file, group + "/targets", type, rowShape: [options.window], rows: rows, storage: target.storage)
            try keep(vocabulary, file, inputs.dataset)
            let tokens = try TokenReader(
                sources, options.tokens, isLowercased: options.isLowercased, words: words, textEncoding)
            var windows = WindowWriter(inputs, targets, window: options.window, stride: stride)
            var taken = 0
            while let token = try tokens.next() {
                guard let number = vocabulary.number(token) else { throw changed() }
                try windows.append(number)
                taken += 1
                if taken & 0xFFFF == 0 {
                    progress(PreparationProgress(done: total + tokens.position, total: 2 * total, rows: inputs.count))
                }
            }
            guard taken == count else { throw changed() }
            try inputs.finish()
            try targets.finish()
            report.datasets = [.init(inputs.dataset), .init(targets.dataset)]
        }
        report.notes = notes(count, vocabulary)
        return report
    }

    private var textEncoding: TextEncoding { options.tokens == .bytes ? .utf8 : options.encoding }

    /// Counts the tokens, each and all.
    private func count(
        _ sources: [ByteSource], progress: (_ bytes: Int) -> Void
    ) throws -> (count: Int, Vocabulary, words: CategoryTable) {
        let reader = try TokenReader(
            sources, options.tokens, isLowercased: options.isLowercased, words: nil, textEncoding)
        var counts = [Int](
            repeating: 0, count: options.tokens == .characters ? 0x110000 : options.tokens == .bytes ? 256 : 0)
        var count = 0
        while let token = try reader.next() {
            if token < counts.count { counts[token] += 1 }
            count += 1
            if count & 0xFFFF == 0 { progress(reader.position) }
        }
        let words = reader.words
        let vocabulary: Vocabulary =
            switch options.tokens {
            case .bytes: Vocabulary()
            case .characters:
                Vocabulary(counts: counts, limit: options.vocabularySize) { scalar in
                    Unicode.Scalar(UInt32(scalar)).map { String($0) } ?? ""
                }
            case .words: Vocabulary(counts: words.counts, limit: options.vocabularySize, text: words.text)
            }
        return (count, vocabulary, words)
    }

    private func keep(_ vocabulary: Vocabulary, _ file: HDF5File, _ inputs: HDF5Dataset) throws {
        guard let tokens = vocabulary.tokens else { return }
        // A string ends at a NUL in HDF5, so that one that is a token is written out.
        let texts = tokens.map { $0 == "\0" ? "<nul>" : $0 }
        if texts.count <= Self.largestAttribute {
            try inputs.attributes.set("vocabulary", texts)
        } else {
            try file.root.createDataset("/vocabulary", .string, shape: [texts.count]).writeStrings(texts)
        }
    }

    private func notes(_ count: Int, _ vocabulary: Vocabulary) -> [String] {
        guard let tokens = vocabulary.tokens else { return ["\(count) bytes, each its own number"] }
        let place =
            tokens.count > Self.largestAttribute ? "the dataset /vocabulary" : "the attribute vocabulary of the inputs"
        return ["\(count) \(options.tokens), \(vocabulary.count) different ones in \(place)"]
    }

    private func changed() -> DataError {
        DataError("\(paths.joined(separator: ", ")) has changed while it was read; convert it again")
    }
}

/// Cuts a stream of token numbers into overlapping rows and writes them.
struct WindowWriter {
    private let inputs: RowWriter
    private let targets: RowWriter
    private let window: Int
    private let stride: Int
    // The tokens from the next row's first on, with room for some rows.
    private var waiting: [Int32] = []
    private var start = 0
    /// Tokens to pass over, where rows lie apart.
    private var gap = 0
    private var row: EncodedRow

    init(_ inputs: RowWriter, _ targets: RowWriter, window: Int, stride: Int) {
        self.inputs = inputs
        self.targets = targets
        self.window = window
        self.stride = stride
        row = EncodedRow(inputs.memoryType, window)
        waiting.reserveCapacity(4 * (window + 1))
    }

    @inline(__always)
    mutating func append(_ token: Int32) throws {
        if gap > 0 {
            gap -= 1
            return
        }
        waiting.append(token)
        if waiting.count - start > window { try write() }
    }

    private mutating func write() throws {
        for index in 0..<window { row.set(index, Int(waiting[start + index])) }
        try row.bytes.withUnsafeBytes { try inputs.append($0) }
        for index in 0..<window { row.set(index, Int(waiting[start + index + 1])) }
        try row.bytes.withUnsafeBytes { try targets.append($0) }
        start += stride
        if start > waiting.count {
            gap = start - waiting.count
            start = waiting.count
        }
        if start > 2 * window {
            waiting.removeFirst(start)
            start = 0
        }
    }
}
