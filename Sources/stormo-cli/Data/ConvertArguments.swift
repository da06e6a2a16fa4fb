import ArgumentParser
import Batches
import Preparation
import Recipes

/// How a table is read.
struct TableArguments: ParsableArguments {
    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "A target column, by name or by index from 0, or from the end by -1 (default: the last); may be repeated.",
            valueName: "column"), completion: NamesInFile.completion)
    var target: [String] = []

    @OptionGroup var columns: TableColumnArguments

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "A column that is no input and becomes a dataset of its own, GROUP/COLUMN, such as data.split needs; may be "
                + "repeated.", valueName: "column"), completion: NamesInFile.completion)
    var keep: [String] = []

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "A column whose numbers are names, to become codes, as --column NAME=category; may be repeated.",
            valueName: "column"), completion: NamesInFile.completion)
    var categorical: [String] = []

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "What to do where a value is missing: refuse, skip the row, or have training fill in the mean or the median of "
                + "the rows that it is trained on (of texts the most frequent one), the mean beside an indicator (of texts a "
                + "category of its own), the mode or a category of its own (both of texts alone), or a value. Of one kind of "
                + "columns as number=median (kind:number=median where a column is called number), of one column as NAME=0; "
                + "may be repeated. (default: refuse)",
            valueName: "policy|kind=policy|column=policy"))
    var missing: [String] = []

    @OptionGroup var form: TableFormArguments
    @OptionGroup var header: TableHeaderArgument

    func validate() throws { _ = try policies() }

    /// Those on the command line that say what is done with columns.
    var decisions: [String] {
        (target.isEmpty ? [] : ["--target"]) + columns.given
            + [("--categorical", !categorical.isEmpty), ("--missing", !missing.isEmpty)].filter(\.1).map(\.0)
    }

    /// Those that are on the command line, but for the encoding.
    var given: [String] { decisions + (keep.isEmpty ? [] : ["--keep"]) + form.givenOfTables + header.given }

    /// `median`, `number=median`, `kind:number=median`, `age=0`.
    private func policies() throws -> TableOptions {
        var policies = TableOptions()
        var isSaid = false
        for text in missing {
            guard let mark = text.firstIndex(of: "="), mark > text.startIndex else {
                guard !isSaid else {
                    throw ValidationError("--missing \(text): what is done in all columns is said already")
                }
                (policies.missing, isSaid) = (TableOptions.Missing(word: text), true)
                continue
            }
            let (subject, policy) = (
                String(text[..<mark]), TableOptions.Missing(word: String(text[text.index(after: mark)...]))
            )
            guard policy != .skip else {
                throw ValidationError("--missing \(text): rows are left out for all columns alike; say --missing skip")
            }
            guard policies.setMissing(policy, of: subject) else {
                throw ValidationError("--missing \(text): what is done in columns of that kind is said already")
            }
        }
        return policies
    }

    func options(_ format: SourceFormat, isTabbed: Bool, hasTargets: Bool) throws -> TableOptions {
        var options = TableOptions()
        options.encoding = form.encoding ?? .utf8
        options.delimiter = form.delimiter.flatMap(TableSource.delimiter)
        // A name that says nothing of tabs.
        if options.delimiter == nil, format == .tsv, !isTabbed { options.delimiter = 0x09 }
        options.hasHeader = header.header
        options.targets = target
        options.hasTargets = hasTargets
        options.dropped = columns.drop
        options.kept = keep
        options.categorical = categorical
        options.hasDecimalComma = form.decimalComma
        options.kinds = try columns.kinds
        options.marks = try columns.marks
        let policies = try policies()
        options.missing = policies.missing
        (options.missingOfKinds, options.missingOfColumns) = (policies.missingOfKinds, policies.missingOfColumns)
        return options
    }
}

/// Which arrays of NumPy are taken.
struct ArrayArguments: ParsableArguments {
    @Option(help: ArgumentHelp("The array of inputs in an archive (default: found by name).", valueName: "name"))
    var inputs: String?

    @Option(help: ArgumentHelp("The array of targets in an archive (default: found by name).", valueName: "name"))
    var targets: String?

    @Flag(help: "Arrays (rows, height, width) are images of one channel and get an axis for it.")
    var addChannel = false

    /// Those on the command line that name arrays.
    var givenNames: [String] { [("--inputs", inputs), ("--targets", targets)].filter { $0.1 != nil }.map(\.0) }
}

/// How a text is cut.
struct TextArguments: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "What a text is cut into: characters, words or bytes. (default: characters)", valueName: "kind"))
    var tokens: TokenKind?

    @Option(help: ArgumentHelp("Tokens of a row. (default: 128)", valueName: "n"))
    var window: Int?

    @Option(help: ArgumentHelp("Tokens from one row's beginning to the next's (default: the window).", valueName: "n"))
    var stride: Int?

    @Option(help: ArgumentHelp("The most tokens to tell apart; rarer ones become <unknown>.", valueName: "n"))
    var vocabularySize: Int?

    @Flag(help: "Make all letters small.")
    var lowercase = false

    func validate() throws {
        if let window, !(1...1 << 20).contains(window) {
            throw ValidationError("--window \(window): it has 1 to 1048576 tokens")
        }
        if let stride, stride < 1 { throw ValidationError("--stride \(stride): it must be at least 1") }
        if let vocabularySize, vocabularySize < 2 {
            throw ValidationError("--vocabulary-size \(vocabularySize): it must be at least 2")
        }
    }

    /// Those that are on the command line.
    var given: [String] {
        [("--tokens", tokens != nil), ("--window", window != nil), ("--stride", stride != nil)].filter(\.1).map(\.0)
            + givenOfScalars
    }
    /// Of these, those without a meaning for bytes.
    var givenOfScalars: [String] {
        [("--vocabulary-size", vocabularySize != nil), ("--lowercase", lowercase)].filter(\.1).map(\.0)
    }

    func options(_ encoding: TextEncoding) -> TextOptions {
        var options = TextOptions()
        options.encoding = encoding
        options.tokens = tokens ?? options.tokens
        options.window = window ?? options.window
        options.stride = stride
        options.vocabularySize = vocabularySize
        options.isLowercased = lowercase
        return options
    }
}

extension TokenKind: ExpressibleByArgument {}

/// What images become.
struct ImageArguments: ParsableArguments {
    @Option(
        help: ArgumentHelp("The height and width that images are resized to (default: all have one).", valueName: "HxW")
    )
    var size: ImageSize?

    @Flag(help: "Make images gray, with one channel.")
    var grayscale = false

    @Option(help: ArgumentHelp("1 for gray, 3 for colour (default: gray where all images are).", valueName: "n"))
    var channels: Int?

    @Option(help: ArgumentHelp("Bits of a value, 8 or 16 (default: 16 where an image has so many).", valueName: "n"))
    var bits: Int?

    @Option(
        help: ArgumentHelp(
            "How images of other proportions come to the size: resize, letterbox (with black beside them) or crop. "
                + "(default: resize)", valueName: "way"))
    var fit: ImageRecipe.Fit?

    @Flag(help: "Leave out images that can't be decoded.")
    var skipDamaged = false

    func validate() throws {
        if let channels, !ImageRecipe.knownChannels.contains(channels) {
            throw ValidationError("--channels \(channels): images have 1 (gray) or 3 (colour)")
        }
        if let bits, !ImageRecipe.knownBits.contains(bits) {
            throw ValidationError("--bits \(bits): values have 8 or 16")
        }
        if grayscale, channels == 3 { throw ValidationError("--grayscale and --channels 3 contradict each other") }
    }

    /// Those that are on the command line.
    var given: [String] {
        [
            ("--size", size != nil), ("--grayscale", grayscale), ("--channels", channels != nil),
            ("--bits", bits != nil),
            ("--fit", fit != nil), ("--skip-damaged", skipDamaged),
        ].filter(\.1).map(\.0)
    }

    var options: ImageOptions {
        var options = ImageOptions()
        options.height = size?.height
        options.width = size?.width
        options.channels = grayscale ? 1 : channels
        options.bits = bits
        options.fit = fit ?? .resize
        options.skipsDamaged = skipDamaged
        options.skipping = "--skip-damaged"
        return options
    }
}

extension ImageRecipe.Fit: ExpressibleByArgument {}

/// `64x48`, or `64` for a square.
struct ImageSize: ExpressibleByArgument {
    let height: Int
    let width: Int

    init?(argument: String) {
        let sides = argument.lowercased().split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
        guard (1...2).contains(sides.count), let height = sides[0], let width = sides[sides.count - 1],
            (1...16_384).contains(height), (1...16_384).contains(width)
        else { return nil }
        self.height = height
        self.width = width
    }
}
