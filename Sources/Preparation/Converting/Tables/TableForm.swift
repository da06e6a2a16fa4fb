import Batches
internal import Configuration
internal import Recipes

/// What a table of text looks like: its delimiter, and its columns' names.
struct TableForm {
    let delimiter: UInt8
    /// The names out of the first line, or the columns' numbers.
    let names: [String]
    let hasHeader: Bool
    /// The byte between whole and fraction.
    let point: UInt8
    let encoding: TextEncoding
    /// The columns in front that have no name in the header, as the row index that pandas and R write.
    let index: Range<Int>
    /// What was read in another way than another table says.
    let warning: String?
    /// Whether it was said which mark divides whole from fraction.
    let isMarkSaid: Bool
    /// Who says how the table is read, for sentences.
    let asker: TableAsker

    /// What another table must know to be read alike.
    var declared: Recipe.Form? {
        Recipe.Form(columns: hasHeader ? nil : names.count, hasDecimalComma: point == UInt8(ascii: ","))
    }

    /// Looks at the beginning of a table.
    init(_ source: ByteSource, _ options: TableOptions) throws {
        guard source.count > 0 else { throw DataError("\(source.name) is empty") }
        (encoding, asker, isMarkSaid) = (options.encoding, options.asker, options.hasDecimalComma != nil)
        let sample = try Self.sample(source, encoding, asker)
        guard !sample.contains(0) else {
            throw DataError(
                "\(source.name) holds bytes that are no text in \(encoding.rawValue.uppercased()); "
                    + (encoding == .utf16
                        ? "give the right \(asker.name(.encoding))"
                        : "\(asker.say) \(asker.typed(.encoding, "utf-16")) if it is in that")
                    + ", or save it as UTF-8")
        }
        let line = sample.prefix { $0 != 0x0A && $0 != 0x0D }
        if line.count == 5, line.starts(with: Array("sep=".utf8)) {
            let mark = line.last == 0x09 ? "tab" : String(decoding: line.suffix(1), as: UTF8.self)
            throw DataError(
                "\(source.name), line 1: '\(String(decoding: line, as: UTF8.self))' is a word to Excel and no row; remove that line, and "
                    + "\(asker.say) \(asker.typed(.delimiter, mark)) if the delimiter is not found without it")
        }
        if let has = options.hasDecimalComma {
            (point, warning) = (UInt8(ascii: has ? "," : "."), nil)
        } else if let like = options.like, like.inputs.form?.hasDecimalComma == true {
            let mark = try DecimalMark(source, like, encoding, options.delimiter)
            (point, warning) = (mark.point, mark.warning)
        } else {
            (point, warning) = (UInt8(ascii: "."), nil)
        }
        delimiter =
            try options.delimiter ?? Self.tab(source, sample)
            ?? Self.delimiter(source, encoding, asker, sample, isCommaUsed: point == UInt8(ascii: ","))
        let reader = try RecordReader(source, delimiter: delimiter, encoding: encoding, asker: asker)
        guard try reader.next() else { throw DataError("\(source.name) has no rows") }
        var first = (0..<reader.fields.count).map(reader.text)
        // Row names, of which the header says nothing.
        let namesRows =
            try options.hasHeader != false && Self.namesRows(source, encoding, asker, delimiter, width: first.count)
        if namesRows { first.insert("", at: 0) }
        if let hasHeader = options.hasHeader {
            self.hasHeader = hasHeader
        } else if namesRows {
            hasHeader = true
        } else {
            hasHeader = try Self.isHeader(first, before: reader, point, asker)
        }
        // An unnamed column goes by its number.
        let hasNames = hasHeader
        names = first.indices.map { hasNames && !first[$0].isEmpty ? first[$0] : String($0) }
        index = hasNames ? 0..<Self.unnamed(first) : 0..<0
        var seen: Set<String> = []
        for name in first where hasNames && !name.isEmpty && !seen.insert(name).inserted {
            throw DataError(
                "\(source.name), line 1: two columns are named '\(name)'; give them different names, or \(asker.say) "
                    + "\(asker.header(false)) if that line is data")
        }
    }

    /// Whether each of the first rows has one field more than the first line, as R's `write.table` writes the names of rows.
    private static func namesRows(
        _ source: ByteSource, _ encoding: TextEncoding, _ asker: TableAsker, _ delimiter: UInt8, width: Int
    ) throws -> Bool {
        let reader = try RecordReader(source, delimiter: delimiter, encoding: encoding, asker: asker)
        // Of one name nobody knows: a comma may stand within numbers.
        guard width > 1, try reader.next() else { return false }
        var rows = 0
        while rows < 100, (try? reader.next()) == true {
            guard reader.fields.count == width + 1 else { return false }
            rows += 1
        }
        return rows > 0
    }

    /// A reader of the table from its beginning.
    func reader(_ source: ByteSource) throws -> RecordReader {
        try RecordReader(source, delimiter: delimiter, encoding: encoding, names: names, asker: asker)
    }

    /// The beginning of the text, in UTF-8.
    private static func sample(
        _ source: ByteSource, _ encoding: TextEncoding, _ asker: TableAsker
    ) throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        let made = try bytes.withUnsafeMutableBytes { try encoding.read(source, at: 0, into: $0, asker).made }
        return Array(bytes.prefix(made))
    }

    /// How many columns in front have no name; `Unnamed: 0` is what pandas makes of none.
    private static func unnamed(_ header: [String]) -> Int {
        let count = header.prefix { $0.isEmpty }.count
        return count < header.count ? (count == 0 && header[0] == "Unnamed: 0" && header.count > 1 ? 1 : count) : 0
    }

    /// A tab, where the table's name says that fields are separated by it and its first line has one.
    private static func tab(_ source: ByteSource, _ sample: [UInt8]) -> UInt8? {
        TableSource.isTabbed(source.name) && sample.prefix(while: { $0 != 0x0A && $0 != 0x0D }).contains(0x09)
            ? 0x09 : nil
    }

    /// Whether a comma divides fields though it divides whole from fraction, too: each record has as many, and either numbers
    /// stand in quotes, or the first line is one of names.
    private static func isCommaBetween(_ source: ByteSource, _ encoding: TextEncoding, _ asker: TableAsker) throws
        -> Bool
    {
        let comma = UInt8(ascii: ",")
        let reader = try RecordReader(source, delimiter: comma, encoding: encoding, asker: asker)
        var (width, hasQuotes, hasNames) = (0, false, false)
        for row in 0..<20 {
            guard let hasNext = try? reader.next() else { return false }
            guard hasNext else { break }
            let fields = reader.fields.indices
            if row == 0 {
                width = fields.count
                hasNames = fields.allSatisfy { index in
                    let bytes = reader.bytes(index)
                    return !bytes.isEmpty && DecimalNumber.parse(bytes, point: comma) == nil
                        && DecimalNumber.parse(bytes, point: UInt8(ascii: ".")) == nil
                }
            }
            guard fields.count == width, width > 1 else { return false }
            hasQuotes = hasQuotes || fields.contains { reader.fields[$0].isQuoted && reader.bytes($0).contains(comma) }
        }
        return hasQuotes || hasNames
    }

    /// The delimiter that cuts the first records into the same number of fields, and into the most.
    private static func delimiter(
        _ source: ByteSource, _ encoding: TextEncoding, _ asker: TableAsker, _ sample: [UInt8], isCommaUsed: Bool
    ) throws -> UInt8 {
        var best = (delimiter: UInt8(ascii: isCommaUsed ? ";" : ","), width: 1)
        // One that leaves commas within numbers alone.
        var aroundCommas: UInt8?
        // One by which each row has one field more than the first line.
        var withRowNames: UInt8?
        for candidate in [",", ";", "\t", "|"] as [Unicode.Scalar] where !(isCommaUsed && candidate == ",") {
            let delimiter = UInt8(ascii: candidate)
            let reader = try RecordReader(source, delimiter: delimiter, encoding: encoding, asker: asker)
            var width: Int?
            var isEven = true
            var (hasCommas, areNumbers) = (false, true)
            for _ in 0..<20 {
                // Quotes that make no sense under this delimiter speak against it.
                guard let hasNext = try? reader.next() else {
                    isEven = false
                    break
                }
                guard hasNext else { break }
                isEven = isEven && (width == nil || width == reader.fields.count)
                width = width ?? reader.fields.count
                for index in reader.fields.indices where areNumbers && reader.bytes(index).contains(UInt8(ascii: ",")) {
                    hasCommas = true
                    areNumbers = DecimalNumber.parse(reader.bytes(index), point: UInt8(ascii: ",")) != nil
                }
            }
            if isEven, hasCommas, areNumbers, let width, width > 1 { aroundCommas = aroundCommas ?? delimiter }
            if isEven, let width, width > best.width {
                best = (delimiter, width)
            } else if let width, withRowNames == nil, try namesRows(source, encoding, asker, delimiter, width: width) {
                withRowNames = delimiter
            }
        }
        if best.width == 1, let withRowNames { return withRowNames }
        // The commas in 1,5;2,5 cut a line without names into more fields than the semicolon, of which some are no numbers.
        if best.width > 1 { return best.delimiter == UInt8(ascii: ",") ? aroundCommas ?? best.delimiter : best.delimiter }
        if isCommaUsed, try isCommaBetween(source, encoding, asker) { return UInt8(ascii: ",") }
        // Rows of different widths: the reader will say which; the delimiter is the one that the first line has.
        let line = sample.prefix { $0 != 0x0A && $0 != 0x0D }
        let counted = [UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\t"), UInt8(ascii: "|")]
            .filter { !(isCommaUsed && $0 == UInt8(ascii: ",")) }
            .map { delimiter in (delimiter, line.lazy.filter { $0 == delimiter }.count) }
        return counted.max { $0.1 < $1.1 }.flatMap { $0.1 > 0 ? $0.0 : nil } ?? best.delimiter
    }

    /// Whether the first line names the columns. All of its cells are asked: names are texts, which stand over numbers or
    /// over texts that are not those of the line. The columns in front may have none (a row index), and behind one without
    /// a name pandas numbers columns from 0.
    /// - Throws: `DataError` where one cell is a name by what is below it, and another one a number.
    private static func isHeader(
        _ first: [String], before reader: RecordReader, _ point: UInt8, _ asker: TableAsker
    ) throws -> Bool {
        if first.count > 1, first[0].isEmpty, Array(first.dropFirst()) == (0..<first.count - 1).map(String.init) {
            return true
        }
        var isNumber: [Bool] = []
        var isName: [Bool] = []
        for index in first.indices {
            let bytes = reader.bytes(index)
            isNumber.append(DecimalNumber.parse(bytes, point: point) != nil)
            isName.append(!bytes.isEmpty && !isNumber[index])
        }
        // What says that a value is missing may stand in any line of data.
        let number = isNumber.firstIndex(of: true)
        if number != nil {
            for index in first.indices where MissingWords.usual.contains(reader.bytes(index)) { isName[index] = false }
        }
        guard isName.contains(true) else { return false }
        let line = reader.line
        var repeats = false
        var hasNumbers = Array(repeating: false, count: first.count)
        var hasTexts = Array(repeating: false, count: first.count)
        for _ in 0..<100 {
            guard try reader.next() else { break }
            for index in 0..<min(first.count, reader.fields.count) {
                let bytes = reader.bytes(index)
                if DecimalNumber.parse(bytes, point: point) != nil {
                    hasNumbers[index] = true
                } else if !MissingWords.usual.contains(bytes) {
                    hasTexts[index] = true
                }
                if isName[index], bytes.elementsEqual(first[index].utf8) { repeats = true }
            }
        }
        guard let number else {
            if first.indices.contains(where: { isName[$0] && hasNumbers[$0] }) { return true }
            return !repeats && !first.dropFirst(unnamed(first)).contains("")
        }
        guard let name = first.indices.first(where: { isName[$0] && hasNumbers[$0] && !hasTexts[$0] }) else {
            return false
        }
        throw DataError(
            "\(reader.source.name), line \(line): '\(first[name])' stands over numbers, as a column's name does, but "
                + "'\(first[number])' is a number itself; \(asker.say) \(asker.header(true)) if this line names the "
                + "columns, or \(asker.header(false)) if it is data")
    }

    /// The column that a user means by a name or an index.
    /// - Throws: a mistake of the setting that names it, where there is none.
    func column(_ selector: String, _ setting: TableAsker.Setting, _ source: ByteSource) throws -> Int {
        if let index = names.firstIndex(of: selector) { return index }
        let name = asker.name(setting)
        if let index = Int(selector) {
            let index = index < 0 ? index + names.count : index
            guard names.indices.contains(index) else {
                let counting = "they are counted from 0, or from the end by -1"
                throw asker.mistake(
                    setting, of: selector,
                    "\(source.name) has \(names.count) columns, so \(name) \(selector) is none; \(counting)",
                    configured: "is \(selector), but \(source.name) has \(names.count) columns; \(counting)")
            }
            return index
        }
        guard hasHeader else {
            let advice =
                "give its index, counted from 0, or \(asker.say) \(asker.header(true)) if the first line names the columns"
            throw asker.mistake(
                setting, of: selector,
                "\(source.name) has no header, so \(name) \(selector) names no column; \(advice)",
                configured: "is '\(selector)', but \(source.name) has no header, so this names no column; \(advice)")
        }
        let shown = names.prefix(20).joined(separator: ", ") + (names.count > 20 ? ", …" : "")
        // Of two letters one may be another word.
        let near = selector.count > 2 ? nearestWord(to: selector, among: names) : nil
        let known = near.map { "did you mean '\($0)'? It has: \(shown)" } ?? "it has: \(shown)"
        throw asker.mistake(
            setting, of: selector, "\(source.name) has no column '\(selector)' for \(name); \(known)",
            configured: "\(source.name) has no column '\(selector)'; \(known)")
    }
}
