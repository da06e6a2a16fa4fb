internal import Training

/// What a table of text looks like: its delimiter, and its columns' names.
struct TableForm {
    let delimiter: UInt8
    /// The names out of the first line, or the columns' numbers.
    let names: [String]
    let hasHeader: Bool
    /// The byte between whole and fraction.
    let point: UInt8

    /// Looks at the beginning of a table.
    init(_ source: ByteSource, _ options: TableOptions) throws {
        guard source.count > 0 else { throw DataError("\(source.name) is empty") }
        let sample = try source.bytes(0..<min(source.count, 1 << 16))
        guard !sample.contains(0) else {
            throw DataError("\(source.name) holds bytes that are no text; a table is in UTF-8")
        }
        point = UInt8(ascii: options.hasDecimalComma ? "," : ".")
        delimiter =
            try options.delimiter ?? Self.delimiter(source, isCommaUsed: options.hasDecimalComma)
        let reader = try RecordReader(source, delimiter: delimiter)
        guard try reader.next() else { throw DataError("\(source.name) has no rows") }
        let first = (0..<reader.fields.count).map(reader.text)
        if let hasHeader = options.hasHeader {
            self.hasHeader = hasHeader
        } else {
            hasHeader = try Self.isHeader(first, before: reader, point)
        }
        names = hasHeader ? first : first.indices.map(String.init)
        var seen: Set<String> = []
        for name in names where !name.isEmpty && !seen.insert(name).inserted && hasHeader {
            throw DataError(
                "\(source.name), line 1: two columns are named '\(name)'; give them different names, or say "
                    + "--no-header if that line is data")
        }
    }

    /// The delimiter that cuts the first records into the same number of fields, and into the most.
    private static func delimiter(_ source: ByteSource, isCommaUsed: Bool) throws -> UInt8 {
        var best = (delimiter: UInt8(ascii: isCommaUsed ? ";" : ","), width: 1)
        for candidate in [",", ";", "\t", "|"] as [Unicode.Scalar] where !(isCommaUsed && candidate == ",") {
            let delimiter = UInt8(ascii: candidate)
            let reader = try RecordReader(source, delimiter: delimiter)
            var width: Int?
            var isEven = true
            for _ in 0..<20 {
                // Quotes that make no sense under this delimiter speak against it.
                guard let hasNext = try? reader.next() else {
                    isEven = false
                    break
                }
                guard hasNext else { break }
                isEven = isEven && (width == nil || width == reader.fields.count)
                width = width ?? reader.fields.count
            }
            if isEven, let width, width > best.width { best = (delimiter, width) }
        }
        if best.width > 1 { return best.delimiter }
        // Rows of different widths: the reader will say which; the delimiter is the one that the first line has.
        let line = try source.bytes(0..<min(source.count, 1 << 16)).prefix { $0 != 0x0A && $0 != 0x0D }
        let counted = [UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\t"), UInt8(ascii: "|")]
            .filter { !(isCommaUsed && $0 == UInt8(ascii: ",")) }
            .map { delimiter in (delimiter, line.lazy.filter { $0 == delimiter }.count) }
        return counted.max { $0.1 < $1.1 }.flatMap { $0.1 > 0 ? $0.0 : nil } ?? best.delimiter
    }

    /// A first line without a number is a header where numbers follow, or texts that are not those of the line.
    private static func isHeader(_ first: [String], before reader: RecordReader, _ point: UInt8) throws -> Bool {
        for index in first.indices where DecimalNumber.parse(reader.bytes(index), point: point) != nil { return false }
        guard !first.contains("") else { return false }
        var repeats = false
        for _ in 0..<100 {
            guard try reader.next() else { break }
            for index in 0..<min(first.count, reader.fields.count) {
                let bytes = reader.bytes(index)
                if DecimalNumber.parse(bytes, point: point) != nil { return true }
                if bytes.elementsEqual(first[index].utf8) { repeats = true }
            }
        }
        return !repeats
    }

    /// The column that a user means by a name or an index.
    func column(_ selector: String, _ option: String, _ source: ByteSource) throws -> Int {
        if let index = names.firstIndex(of: selector) { return index }
        if let index = Int(selector) {
            let index = index < 0 ? index + names.count : index
            guard names.indices.contains(index) else {
                throw DataError(
                    "\(source.name) has \(names.count) columns, so \(option) \(selector) is none; they are counted "
                        + "from 0, or from the end by -1")
            }
            return index
        }
        guard hasHeader else {
            throw DataError(
                "\(source.name) has no header, so \(option) \(selector) names no column; give its index, counted from "
                    + "0, or say --header if the first line names the columns")
        }
        let shown = names.prefix(20).joined(separator: ", ") + (names.count > 20 ? ", …" : "")
        throw DataError("\(source.name) has no column '\(selector)' for \(option); it has: \(shown)")
    }
}
