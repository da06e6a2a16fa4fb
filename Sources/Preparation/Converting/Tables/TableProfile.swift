import Batches

/// What the columns of a table hold, found by reading it once.
struct TableProfile {
    struct Column {
        /// Whether it is neither dropped nor otherwise of no interest.
        var isUsed = true
        /// Whether it is a target, which may be missing.
        var isTarget = false
        /// Whether its numbers are names too.
        var isNamed = false
        var numbers = 0
        var texts = 0
        var firstText: (line: Int, text: String)?
        var areWhole = true
        var least = Double.infinity
        var greatest = -Double.infinity
        var sum = 0.0
        /// The texts; of a column with `isNamed` its numbers also.
        var categories = CategoryTable()
        /// How many of the different texts look like numbers or dates.
        var numericLooks = 0
        var firstLook: (look: NumericLook, line: Int, text: String)?

        var isCategorical: Bool { isNamed || texts > 0 }
        var mean: Double { numbers > 0 ? sum / Double(numbers) : 0 }
        /// The most frequent text; the first of several.
        var mostFrequent: String? {
            categories.counts.max().flatMap { most in categories.counts.firstIndex(of: most) }.map(categories.text)
        }
    }

    var columns: [Column]
    /// Rows that will be written.
    var rows = 0
    var skippedRows = 0
    /// Values of inputs that are missing.
    var missing = 0
    /// The first few.
    var missingPlaces: [(line: Int, column: Int)] = []

    static let mostCategories = 65_536

    /// Reads the whole table.
    /// - Parameter progress: called with the bytes read, now and then.
    init(
        _ source: ByteSource, _ form: TableForm, _ columns: [Column], skipsMissing: Bool,
        progress: (_ bytes: Int, _ rows: Int) -> Void
    ) throws {
        self.columns = columns
        let reader = try form.reader(source)
        if form.hasHeader { _ = try reader.next() }
        let width = form.names.count
        while try reader.next() {
            try Self.checkWidth(reader, width, form)
            if skipsMissing, try hasMissing(reader) {
                skippedRows += 1
                continue
            }
            for index in 0..<width where self.columns[index].isUsed {
                try add(reader.bytes(index), index, reader, form)
            }
            rows += 1
            if rows & 0xFFF == 0 { progress(reader.position, rows) }
        }
        progress(source.count, rows)
    }

    static func checkWidth(_ reader: RecordReader, _ width: Int, _ form: TableForm) throws {
        guard reader.fields.count != width else { return }
        let delimiter = form.delimiter == 0x09 ? "a tab" : "'\(Unicode.Scalar(form.delimiter))'"
        throw DataError(
            "\(reader.source.name), line \(reader.line): \(width) fields are expected, as in the first line, but there "
                + "\(reader.fields.count == 1 ? "is 1" : "are \(reader.fields.count)") (separated by \(delimiter)); "
                + "repair that line, or give the right --delimiter"
                + (reader.fields.count == width + 1 && form.hasHeader
                    ? "; if the first field names the row, as R's write.table has it, name its column in the header, too"
                    : ""))
    }

    /// Whether a value is missing in a column that is used.
    private mutating func hasMissing(_ reader: RecordReader) throws -> Bool {
        var hasMissing = false
        for index in columns.indices where columns[index].isUsed && Self.isMissing(reader.bytes(index)) {
            hasMissing = true
            note(reader.line, index)
        }
        return hasMissing
    }

    private mutating func note(_ line: Int, _ column: Int) {
        guard !columns[column].isTarget else { return }
        missing += 1
        if missingPlaces.count < 3 { missingPlaces.append((line, column)) }
    }

    @inline(__always)
    private mutating func add(
        _ bytes: UnsafeRawBufferPointer, _ index: Int, _ reader: RecordReader, _ form: TableForm
    ) throws {
        // Most are numbers, and no number is a word for a missing value.
        if let number = DecimalNumber.parse(bytes, point: form.point) {
            columns[index].numbers += 1
            columns[index].sum += number
            if number < columns[index].least { columns[index].least = number }
            if number > columns[index].greatest { columns[index].greatest = number }
            if number != number.rounded() { columns[index].areWhole = false }
            if columns[index].isNamed { columns[index].categories.add(bytes) }
        } else if Self.isMissing(bytes) {
            return note(reader.line, index)
        } else {
            columns[index].texts += 1
            if columns[index].firstText == nil { columns[index].firstText = (reader.line, reader.text(index)) }
            let known = columns[index].categories.count
            columns[index].categories.add(bytes)
            if columns[index].categories.count > known { noteLook(bytes, index, reader, form) }
        }
        guard columns[index].categories.count <= Self.mostCategories else {
            throw DataError(
                "\(reader.source.name), line \(reader.line): column '\(form.names[index])' holds more than "
                    + "\(Self.mostCategories) different texts, which are no categories; leave it out by "
                    + "--drop \(form.names[index])")
        }
    }

    private mutating func noteLook(
        _ bytes: UnsafeRawBufferPointer, _ index: Int, _ reader: RecordReader, _ form: TableForm
    ) {
        guard let look = NumericLook(bytes, point: form.point) else { return }
        columns[index].numericLooks += 1
        if columns[index].firstLook == nil { columns[index].firstLook = (look, reader.line, reader.text(index)) }
    }

    private static let missingWords = ["na", "n/a", "#n/a", "<na>", "nan", "-nan", "null", "?"].map { Array($0.utf8) }

    /// Whether a field says that there is no value.
    static func isMissing(_ bytes: UnsafeRawBufferPointer) -> Bool {
        if bytes.isEmpty { return true }
        guard bytes.count <= 4 else { return false }
        for word in missingWords where word.count == bytes.count {
            var isSame = true
            for index in 0..<word.count {
                let byte = bytes[index]
                let isUpper = byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z")
                if (isUpper ? byte | 0x20 : byte) != word[index] { isSame = false }
            }
            if isSame { return true }
        }
        return false
    }
}
