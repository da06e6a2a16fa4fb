import Configuration
import Foundation

/// What a config says of a split that is a table of text, CSV or TSV: which of its columns are wanted, and how they are
/// read. Such a table is converted to HDF5 before it is read (`PreparedTables`).
public struct TableSource: Hashable, Sendable {
    /// The columns that are inputs; nil for all that are neither targets nor dropped.
    public var inputs: [String]?
    /// The columns that are targets. Empty where another split says so.
    public var targets: [String] = []
    /// The columns that are left out.
    public var dropped: [String] = []
    /// What columns hold, where that is not to be found out.
    public var kinds: [Kind] = []
    /// What becomes of missing values, as `stormo data convert --missing` takes it; nil to refuse them.
    public var missing: String?
    /// What becomes of them in columns of a kind, or in one column, in place of that.
    public var missingOf: [Kind] = []
    /// Which texts stand for a missing value in a column, in place of the usual words, such as NA.
    public var marks: [Marks] = []
    /// As `stormo data convert --encoding` takes it; nil for UTF-8.
    public var encoding: String?
    /// The character between fields, or `tab`; nil to find it out.
    public var delimiter: String?
    /// Whether the first line names the columns; nil to find it out.
    public var hasHeader: Bool?
    /// Whether a comma divides whole from fraction; nil for a point, or for what the training table says.
    public var hasDecimalComma: Bool?

    /// Of images, what becomes of them; nil for a table. The split is then a folder of images, or a table of the names of
    /// their files (`inputs`) and of what is to be predicted.
    public var images: ImageSource?

    /// Columns that are no inputs and stand beside them in what the table is converted to: those by which rows are split.
    package var kept: [String] = []
    /// Who says all this, for sentences.
    package var asker = TableAsker.command

    /// What is said of a column, by a word.
    public struct Kind: Hashable, Sendable {
        public var column: String
        public var word: String

        public init(_ column: String, _ word: String) { (self.column, self.word) = (column, word) }

        /// `zip=category`; a name may hold an equals sign itself.
        /// - Returns: nil where there is no name, or no sign.
        package init?(assignment text: String) {
            guard let sign = text.lastIndex(of: "="), sign > text.startIndex else { return nil }
            self.init(String(text[..<sign]), String(text[text.index(after: sign)...]))
        }
    }

    /// The texts that stand for a missing value in a column, beside an empty cell.
    public struct Marks: Hashable, Sendable {
        public var column: String
        public var texts: [String]

        public init(_ column: String, _ texts: [String]) { (self.column, self.texts) = (column, texts) }
    }

    /// The HDF5 files that the tables were converted to, in their order; nil before.
    package var converted: [Converted]?

    package struct Converted: Hashable, Sendable {
        /// What messages call it.
        package let table: String
        /// The HDF5 file, with the datasets `inputs`, `targets` and `lines` (the line on which each row begins).
        package let path: String

        package init(_ table: String, path: String) { (self.table, self.path) = (table, path) }
    }

    public init() {}

    // Where things stand in a converted file.
    package static let inputsPath = "/inputs"
    package static let targetsPath = "/targets"
    /// No column that stands by itself is called so.
    package static let linesPath = "/lines of the table"
    /// Where rows of the table were left out: the number of each row in it, from 0.
    package static let rowsPath = "/rows of the table"

    /// Whether a file is a table by its name: `.csv`, `.tsv` or `.tab`, also compressed.
    package static func isTable(_ path: String) -> Bool {
        var name = path.lowercased()[...]
        if name.hasSuffix(".gz") { name = name.dropLast(3) }
        return endings.contains { name.hasSuffix($0) && name.count > $0.count }
    }

    private static let endings = [".csv", ".tsv", ".tab"]

    /// Whether fields are separated by tabs, as the name tells.
    package static func isTabbed(_ path: String) -> Bool { isTable(path) && !path.lowercased().contains(".csv") }

    /// Where the source has no keys, as in tests and programs.
    package static func source(_ files: [String], _ table: TableSource, hasTargets: Bool = true) -> DataSource {
        var source = DataSource(files: files, inputs: inputsPath, targets: hasTargets ? targetsPath : nil)
        source.table = table
        return source
    }
}

// MARK: - Config

extension TableSource {
    /// How texts are written, as `--encoding` knows them.
    package static let encodings = ["utf-8", "latin-1", "utf-16"]

    /// Those that say what is done with columns, which the training split says for all.
    static let decisions = ["drop", "columns", "missing", "na"]
    /// Those that say how a file is written.
    static let forms = ["encoding", "delimiter", "header", "decimal_comma"]
    static var keys: [String] { decisions + forms }

    /// Reads the keys of a split that is a table.
    /// - Parameter isTraining: whether the split says for the others what is done with columns.
    init(_ reader: ObjectReader, isTraining: Bool) {
        for key in ["sample_weight", "transpose_inputs", "transpose_targets"] where reader.node(key) != nil {
            reader.fail("is for HDF5 files, and this split is a table; leave it out", key: key)
        }
        inputs = Self.names(reader, "inputs")
        targets = Self.names(reader, "targets") ?? []
        dropped = Self.names(reader, "drop") ?? []
        if let object = reader.object("columns") {
            for name in object.presentKeys {
                if let word = object.requiredString(name) { kinds.append(Kind(name, word)) }
            }
            object.finish()
        }
        readMissing(reader)
        readMarks(reader)
        if let word = reader.optionalString("encoding") {
            if !Self.encodings.contains(word) {
                reader.fail(unknownWord(word, noun: "encoding", among: Self.encodings), key: "encoding")
            }
            encoding = word
        }
        delimiter = reader.optionalString("delimiter")
        if let delimiter, Self.delimiter(delimiter) == nil {
            reader.fail("is '\(delimiter)'; give one ASCII character, or \"tab\"", key: "delimiter")
        }
        hasHeader = reader.optionalBool("header")
        hasDecimalComma = reader.optionalBool("decimal_comma")
        if inputs != nil, !dropped.isEmpty {
            reader.fail(
                "stands beside 'inputs', which names the columns that are taken; leave one of the two out", key: "drop")
        }
        asker = TableAsker(reader)
        let taken = Set(inputs ?? []).union(dropped)
        for name in targets where taken.contains(name) {
            reader.fail(
                "names '\(name)', which \(dropped.contains(name) ? "'drop'" : "'inputs'") names too", key: "targets")
        }
        if ImageSource.isGiven(reader) {
            images = ImageSource(reader)
            if isTraining, inputs?.count != 1 {
                reader.fail("must name the column that holds the names of the images' files", key: "inputs")
            }
        }
        guard !isTraining else { return }
        refuseImages(reader)
        for key in ["inputs", "targets"] + Self.decisions where reader.node(key) != nil {
            reader.fail(
                "is said by data.train, whose columns and kinds this split's table gets by their names; leave it out",
                key: key)
        }
    }

    /// `"median"`, `0`, or `{"number": "median", "age": 0}`.
    private mutating func readMissing(_ reader: ObjectReader) {
        func word(_ reader: ObjectReader, _ key: String) -> String? {
            switch reader.node(key)?.value {
            case .integer(let value)?: "\(value)"
            case .number(let value)?: "\(value)"
            default: reader.optionalString(key)
            }
        }
        guard case .object? = reader.node("missing")?.value, let object = reader.object("missing") else {
            missing = word(reader, "missing")
            return
        }
        for name in object.presentKeys {
            guard let policy = word(object, name) else { continue }
            if policy == "skip" {
                object.fail("leaves rows out for all columns alike; say \"missing\": \"skip\"", key: name)
            }
            missingOf.append(Kind(name, policy))
        }
        object.finish()
    }

    /// `{"x": "-", "y": ["-", "<5"], "continent": []}`.
    private mutating func readMarks(_ reader: ObjectReader) {
        guard let object = reader.object("na") else { return }
        for name in object.presentKeys {
            if case .string(let text)? = object.node(name)?.value {
                marks.append(Marks(name, text.isEmpty ? [] : [text]))
            } else if let texts = object.strings(name) {
                marks.append(Marks(name, texts.filter { !$0.isEmpty }))
            }
        }
        object.finish()
    }

    /// Refuses the keys of tables beside HDF5 files.
    static func refuse(_ reader: ObjectReader, beside file: String) {
        // Asked for even where they are missing, so that a misspelt one is set right.
        for key in keys where reader.node(key) != nil {
            reader.fail(
                "is for tables (.csv, .tsv), and \(file) is read as HDF5; leave it out, or give the table itself",
                key: key)
        }
    }

    private static func names(_ reader: ObjectReader, _ key: String) -> [String]? {
        if case .object? = reader.node(key)?.value {
            reader.fail(
                "must be a column's name or a list of names, since a table is one input and one output", key: key)
            return nil
        }
        if key == "drop" {
            switch reader.node(key)?.value {
            case .null?: return nil
            // None.
            case .array(let names)? where names.isEmpty: return nil
            default: break
            }
        }
        guard let names = reader.stringOrStrings(key) else { return nil }
        var seen: Set<String> = []
        if let name = names.first(where: { !seen.insert($0).inserted }) {
            reader.fail("names '\(name)' twice", key: key)
        }
        return names
    }

    /// The byte that a delimiter's word stands for; nil where it can be none.
    package static func delimiter(_ text: String) -> UInt8? {
        if text == "tab" || text == "\\t" { return 0x09 }
        guard text.utf8.count == 1, let byte = text.utf8.first, byte == 0x09 || (0x20..<0x7F).contains(byte),
            byte != 0x22
        else { return nil }
        return byte
    }

    /// What is said of the columns, as it stands in a config.
    package var members: [JSONNode.Member] {
        func node(_ names: [String]) -> JSONNode {
            names.count == 1 ? JSONNode(names[0]) : JSONNode(names.map { JSONNode($0) })
        }
        var members: [JSONNode.Member] = []
        // Not by conditions with nil, which would be JSON's null.
        func add(_ key: String, _ value: @autoclosure () -> JSONNode, if isGiven: Bool) {
            if isGiven { members.append(.init(key: key, value: value())) }
        }
        if let images { add("images", images.node, if: true) }
        add("inputs", node(inputs ?? []), if: inputs != nil)
        add("targets", node(targets), if: !targets.isEmpty)
        add("drop", JSONNode(dropped.map { JSONNode($0) }), if: !dropped.isEmpty)
        add(
            "columns", JSONNode(.object(kinds.map { .init(key: $0.column, value: JSONNode($0.word)) })),
            if: !kinds.isEmpty)
        add("missing", JSONNode(missing ?? ""), if: missing != nil)
        add(
            "missing", JSONNode(.object(missingOf.map { .init(key: $0.column, value: JSONNode($0.word)) })),
            if: !missingOf.isEmpty)
        add(
            "na", JSONNode(.object(marks.map { .init(key: $0.column, value: JSONNode($0.texts.map { JSONNode($0) })) })),
            if: !marks.isEmpty)
        add("encoding", JSONNode(encoding ?? ""), if: encoding != nil)
        add("delimiter", JSONNode(delimiter ?? ""), if: delimiter != nil)
        add("header", JSONNode(hasHeader ?? true), if: hasHeader != nil)
        add("decimal_comma", JSONNode(hasDecimalComma ?? false), if: hasDecimalComma != nil)
        return members
    }
}

extension TableSource {
    /// How the training table is written, where this one, of another split, says nothing of it. Rows with missing values are
    /// left out of all or of none.
    package func written(like training: TableSource?) -> TableSource {
        guard let training else { return self }
        var own = self
        own.encoding = encoding ?? training.encoding
        own.hasHeader = hasHeader ?? training.hasHeader
        own.hasDecimalComma = hasDecimalComma ?? training.hasDecimalComma
        if training.missing == "skip" { own.missing = "skip" }
        if let kept = training.images {
            own.images = images ?? ImageSource()
            own.images?.skipsDamaged = kept.skipsDamaged
            own.inputs = inputs ?? training.inputs
        }
        return own
    }
}

// MARK: - Reading

extension DataSource {
    /// The HDF5 files that are read: those that are named, or those that tables were converted to.
    /// - Throws: `DataError` for a table that was not converted, or a pattern that no file matches.
    func storedFiles() throws -> [String] {
        guard let table else { return try paths() }
        guard let converted = table.converted else {
            throw DataError("\(file) is a table of text, which must be converted before it is read")
        }
        return converted.map(\.path)
    }

    /// What messages call the rows at a path in the file with this number among those that are read: the table that it was
    /// made from, or the file and the path.
    func place(_ index: Int, _ file: String, _ words: String) -> String {
        guard let converted = table?.converted, converted.indices.contains(index) else { return "\(file): \(words)" }
        return converted[index].table
    }

    /// What is read, for a line that tells of it: `houses.csv`, or `/test/inputs in houses.h5`.
    public var words: String { table == nil ? "\(inputs) in \(file)" : file }
}
