import Batches
import Files

/// What the columns of a table hold, found by reading it once.
struct TableProfile {
    struct Column {
        /// Whether it is neither dropped nor otherwise of no interest.
        var isUsed = true
        /// Whether it is a target, which may be missing.
        var isTarget = false
        /// Whether its numbers are names too.
        var isNamed = false
        /// What says that there is no value.
        var words = MissingWords.usual
        /// Whether what its texts look like matters.
        var isRead = true
        /// Whether its numbers are names by the way in which they are written, of which there may be one for each row.
        var mayNameRows = false
        /// The first number of digits alone that begins with a zero and is not 0.
        var padded: ColumnTexts.Place?
        var numbers = 0
        var firstNumber: ColumnTexts.Place?
        var areWhole = true
        var least = Double.infinity
        var greatest = -Double.infinity
        /// Of a target: by how much a float32 changes a number at most.
        var rounding = 0.0
        /// The texts; of a column with `isNamed` its numbers also. Nil where there are none.
        var texts: ColumnTexts?
        /// The lines of the first few rows in which it is missing.
        var missingLines: [Int] = []
        /// Of a target: the first word that says so, such as NA, which may be the name of a class; and how many rows have one.
        private(set) var missingWord: ColumnTexts.Place?
        private(set) var missingWords = 0
        /// How many rows were left out in which it is missing.
        var skippedRows = 0
        /// Of the numbers.
        private(set) var marks = FractionMarks()
        private var sequence = Sequence()

        /// Rows with a text.
        var textRows: Int { texts?.rowCount ?? 0 }
        var present: Int { numbers + textRows }

        @inline(__always)
        mutating func add(_ number: Double, _ bytes: UnsafeRawBufferPointer, line: Int, point: UInt8) {
            if numbers == 0 {
                firstNumber = ColumnTexts.Place(line: line, text: String(decoding: bytes, as: UTF8.self))
            }
            numbers += 1
            if padded == nil, bytes.count > 1, bytes[0] == 0x30, bytes.allSatisfy(ByteCursor.isDigit) {
                padded = ColumnTexts.Place(line: line, text: String(decoding: bytes, as: UTF8.self))
            }
            if number < least { least = number }
            if number > greatest { greatest = number }
            if number != number.rounded() { areWhole = false }
            if areWhole { sequence.add(number) }
            if isTarget { rounding = max(rounding, abs(Double(Float(number)) - number)) }
            marks.add(bytes, line: line, point: point)
        }

        mutating func addMissing(_ bytes: UnsafeRawBufferPointer, line: Int) {
            if missingLines.count < 3 { missingLines.append(line) }
            guard isTarget, !words.areSaid, !bytes.isEmpty else { return }
            missingWords += 1
            if missingWord == nil {
                missingWord = ColumnTexts.Place(line: line, text: String(decoding: bytes, as: UTF8.self))
            }
        }

        /// Whether the numbers are consecutive integers in some order, none twice.
        var areConsecutive: Bool {
            numbers > 0 && areWhole && sequence.isWhole(from: least, to: greatest, count: numbers)
        }
    }

    /// Tells whether integers are consecutive, in whatever order they come, by the sum of a hash of each (splitmix64,
    /// Steele, Lea and Flood 2014): another multiset has the same sum by a chance of 2^-64.
    private struct Sequence {
        private var sum: UInt64 = 0
        private var last = Double.nan
        private var isPossible = true

        private static func hash(_ value: Int64) -> UInt64 {
            var word = UInt64(bitPattern: value) &+ 0x9E37_79B9_7F4A_7C15
            word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
            word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
            return word ^ (word >> 31)
        }

        @inline(__always)
        mutating func add(_ value: Double) {
            guard isPossible else { return }
            // Most columns repeat a number soon.
            isPossible = value != last && value.magnitude < 0x1p53
            last = value
            if isPossible { sum &+= Self.hash(Int64(value)) }
        }

        func isWhole(from least: Double, to greatest: Double, count: Int) -> Bool {
            guard isPossible, greatest - least == Double(count - 1) else { return false }
            var expected: UInt64 = 0
            for value in Int64(least)...Int64(greatest) { expected &+= Self.hash(value) }
            return sum == expected
        }
    }

    var columns: [Column]
    /// Rows that will be written.
    var rows = 0
    var skippedRows = 0
    /// Values of inputs that are missing.
    var missing = 0
    /// How many texts were brought into Unicode's composed form, and the line of the first.
    private(set) var composed: (count: Int, line: Int) = (0, 0)

    /// Reads the whole table.
    /// - Parameter progress: called with the bytes read, now and then.
    init(
        _ source: ByteSource, _ form: TableForm, _ columns: [Column], skipsMissing: Bool,
        progress: (_ bytes: Int, _ rows: Int) -> Void
    ) throws {
        self.columns = columns
        let reader = try form.reader(source)
        if form.hasHeader, try reader.next() {
            for index in reader.fields.indices { _ = reader.bytes(index) }
        }
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
        composed = reader.composed
        progress(source.count, rows)
    }

    static func checkWidth(_ reader: RecordReader, _ width: Int, _ form: TableForm) throws {
        guard reader.fields.count != width else { return }
        let delimiter = form.delimiter == 0x09 ? "a tab" : "'\(Unicode.Scalar(form.delimiter))'"
        throw DataError(
            "\(reader.source.name), line \(reader.line): \(width) fields are expected, as in the first line, but there "
                + "\(reader.fields.count == 1 ? "is 1" : "are \(reader.fields.count)") (separated by \(delimiter)); "
                + "repair that line, or give the right \(form.asker.name(.delimiter))"
                + (reader.fields.count == width + 1 && form.hasHeader
                    ? "; if the first field names the row, as R's write.table has it, name its column in the header, too"
                    : ""))
    }

    /// Whether a value is missing in a column that is used.
    private mutating func hasMissing(_ reader: RecordReader) throws -> Bool {
        var hasMissing = false
        for index in columns.indices where columns[index].isUsed {
            let bytes = reader.bytes(index)
            guard columns[index].words.contains(bytes) else { continue }
            hasMissing = true
            columns[index].skippedRows += 1
            note(bytes, reader.line, index)
        }
        return hasMissing
    }

    private mutating func note(_ bytes: UnsafeRawBufferPointer, _ line: Int, _ column: Int) {
        columns[column].addMissing(bytes, line: line)
        if !columns[column].isTarget { missing += 1 }
    }

    @inline(__always)
    private mutating func add(
        _ bytes: UnsafeRawBufferPointer, _ index: Int, _ reader: RecordReader, _ form: TableForm
    ) throws {
        // Most are numbers, and no number is a word for a missing value unless that is said.
        if columns[index].words.areSaid, columns[index].words.contains(bytes) {
            note(bytes, reader.line, index)
        } else if let number = DecimalNumber.parse(bytes, point: form.point) {
            columns[index].add(number, bytes, line: reader.line, point: form.point)
            if columns[index].isNamed { try addText(bytes, index, reader, form, isNumber: true) }
        } else if columns[index].words.contains(bytes) {
            note(bytes, reader.line, index)
        } else {
            try addText(bytes, index, reader, form, isNumber: false)
        }
    }

    private mutating func addText(
        _ bytes: UnsafeRawBufferPointer, _ index: Int, _ reader: RecordReader, _ form: TableForm, isNumber: Bool
    ) throws {
        if columns[index].texts == nil { columns[index].texts = ColumnTexts() }
        guard let texts = columns[index].texts else { return }
        let mayNameRows =
            !columns[index].isTarget && columns[index].numbers == 0 && columns[index].missingLines.isEmpty
        let fits =
            isNumber
            ? texts.addName(bytes, line: reader.line, mayNameRows: columns[index].mayNameRows)
            : texts.add(
                bytes, line: reader.line, point: form.point, reads: columns[index].isRead,
                mayNameRows: mayNameRows && !columns[index].isNamed || columns[index].mayNameRows)
        guard fits else {
            let name = form.names[index]
            throw DataError(
                "\(reader.source.name), line \(reader.line): column '\(name)' holds more than "
                    + "\(ColumnTexts.mostCategories) different texts, which are no categories; leave it out by "
                    + form.asker.dropping(name) + form.asker.there
                    + (columns[index].padded == nil
                        ? ""
                        : ", or \(form.asker.say) \(form.asker.holding(name, "number")) if they are amounts in spite of the zeros "
                            + "in front"))
        }
    }
}
