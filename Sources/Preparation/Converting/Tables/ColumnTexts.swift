internal import Recipes

/// The texts of one column: which there are, how often each comes, and what they look like. Counted from all rows.
final class ColumnTexts {
    struct Place {
        let line: Int
        let text: String

        /// `'5 kg' in line 2`.
        var words: String { "'\(shown)' in line \(line)" }
        var shown: String { text.count > 40 ? text.prefix(40) + "…" : text }
    }

    /// Each different text has a number there, up to `mostCategories` of them.
    private(set) var table = CategoryTable()
    /// By the number of a text.
    private(set) var readings: [CellReading] = []
    /// The same in a byte, for texts that come again: the look, and a bit for a unit.
    private var briefs: [UInt8] = []
    private static let unitBit: UInt8 = 0x80
    /// Rows, and different texts, that look so.
    private var rowCounts = [Int](repeating: 0, count: CellReading.Look.allCases.count)
    private var textCounts = [Int](repeating: 0, count: CellReading.Look.allCases.count)
    private var firsts = [Place?](repeating: nil, count: CellReading.Look.allCases.count)
    /// The units of quantities, each with the first row that has it.
    private(set) var units: [(unit: String?, place: Place)] = []
    /// The first number whose separator of thousands might be a decimal mark, while no other one proves what it is.
    private(set) var doubtful: Place?
    private var isProven = false
    /// Of quantities.
    private(set) var marks = FractionMarks()
    private(set) var quantities = Spread()
    /// Of dates with the day first, with the month first, and of times.
    private(set) var dayFirst = Spread()
    private(set) var monthFirst = Spread()
    private(set) var times = Spread()
    /// The first date that is none in that order; and the first that is another day in each.
    private(set) var notDayFirst: Place?
    private(set) var notMonthFirst: Place?
    private(set) var ambiguous: Place?
    /// The first time that says its zone, in minutes east of UTC, the first one of another zone, and the first that says none.
    private(set) var zoned: (place: Place, offset: Int16)?
    private(set) var otherZone: Place?
    private(set) var unzoned: Place?
    /// The first date without a time.
    private(set) var timeless: Place?
    /// Quantities that may be names, as `5A`: the first one, and the first with another letter; and the first quantity that
    /// is none.
    private(set) var lettered: (place: Place, letter: String?)?
    private(set) var otherLetter: Place?
    private(set) var unlettered: Place?
    /// The first text that says neither yes nor no; and the pairs of the others, a bit each.
    private(set) var notBoolean: Place?
    private(set) var booleanPairs: UInt8 = 0
    /// Whether texts are read one by one, since there are too many to be kept.
    private(set) var isStreamed = false

    /// Values of a kind.
    struct Spread {
        var least = Double.infinity
        var greatest = -Double.infinity
        var areWhole = true
        /// Whether a float32 holds each of them.
        var areSingle = true
        /// By how much a float32 changes a value at most.
        var rounding = 0.0

        mutating func add(_ value: Double) {
            guard !value.isNaN else { return }
            least = min(least, value)
            greatest = max(greatest, value)
            if value != value.rounded() { areWhole = false }
            let single = Double(Float(value))
            if single != value {
                areSingle = false
                rounding = max(rounding, abs(single - value))
            }
        }

        var range: ClosedRange<Double>? { least <= greatest ? least...greatest : nil }
    }

    static let mostCategories = 65_536
    /// Of texts that differ in each row.
    private static let mostNames = 1 << 22

    func rows(_ look: CellReading.Look) -> Int { rowCounts[look.rawValue] }
    func texts(_ look: CellReading.Look) -> Int { textCounts[look.rawValue] }
    func first(_ look: CellReading.Look) -> Place? { firsts[look.rawValue] }
    /// All rows with a text, and those with a unit.
    private(set) var rowCount = 0
    private(set) var unitRows = 0

    /// The first text that does not look so.
    func firstOther(than looks: CellReading.Look...) -> Place? {
        CellReading.Look.allCases.filter { !looks.contains($0) }.compactMap { first($0) }.min { $0.line < $1.line }
    }

    /// Whether no text comes twice.
    var areDistinct: Bool { !isStreamed && table.count == rowCount + nameRows }

    /// Rows with a number that is counted as a name.
    private var nameRows = 0

    /// Counts a number that may be a name.
    /// - Parameter mayNameRows: whether there may be as many as rows.
    func addName(_ bytes: UnsafeRawBufferPointer, line: Int, mayNameRows: Bool) -> Bool {
        nameRows += 1
        let known = table.count
        let number = table.add(bytes)
        if number == known {
            append(.word)
            note(bytes, line)
        }
        return table.count <= Self.mostCategories || mayNameRows && areDistinct && table.count <= Self.mostNames
    }

    /// - Parameter reads: whether it matters what the text looks like.
    /// - Returns: false where there are too many different ones.
    func add(_ bytes: UnsafeRawBufferPointer, line: Int, point: UInt8, reads: Bool, mayNameRows: Bool) -> Bool {
        rowCount += 1
        if isStreamed {
            // Most of them come once, so that to read them is less work than to look for them.
            count(CellReading(bytes, point: point), bytes, line, point)
            return true
        }
        let known = table.count
        let number = table.add(bytes)
        guard number == known else {
            again(number)
            return true
        }
        // Names by the hundred thousand are nothing else.
        let isName = known >= Self.mostCategories && rows(.word) > 0
        let reading = reads && !isName ? CellReading(bytes, point: point) : .word
        append(reading)
        count(reading, bytes, line, point)
        note(bytes, line)
        guard table.count > Self.mostCategories else { return true }
        if !isName, rows(.word) + rows(.unread) == 0, reads {
            isStreamed = true
            return true
        }
        return mayNameRows && areDistinct && table.count <= Self.mostNames
    }

    /// Counts a text that came before.
    private func again(_ number: Int) {
        let brief = briefs[number]
        rowCounts[Int(brief & ~Self.unitBit)] += 1
        if brief & Self.unitBit != 0 { unitRows += 1 }
    }

    private func append(_ reading: CellReading) {
        readings.append(reading)
        briefs.append(UInt8(reading.look.rawValue) | (reading.unit == nil ? 0 : Self.unitBit))
    }

    /// How many rows have a text; 0 for one that was not kept.
    func rows(of text: String) -> Int {
        var text = text
        return text.withUTF8 { table.find(UnsafeRawBufferPointer($0)).map { table.counts[$0] } ?? 0 }
    }

    /// The texts of some looks, the most frequent first, each with how many rows have it.
    func mostFrequent(_ isWanted: (CellReading.Look) -> Bool) -> [(text: String, count: Int)] {
        let counts = table.counts
        return readings.indices.filter { isWanted(readings[$0].look) }
            .sorted { (counts[$1], $0) < (counts[$0], $1) }.map { (table.text($0), counts[$0]) }
    }

    private func place(_ bytes: UnsafeRawBufferPointer, _ line: Int) -> Place {
        Place(line: line, text: String(decoding: bytes, as: UTF8.self))
    }

    /// What matters of a text when it comes for the first time.
    private func note(_ bytes: UnsafeRawBufferPointer, _ line: Int) {
        guard notBoolean == nil else { return }
        if bytes.count <= 5, let found = BooleanWords.place(String(decoding: bytes, as: UTF8.self)) {
            booleanPairs |= 1 << UInt8(found.pair)
        } else {
            notBoolean = place(bytes, line)
        }
    }

    private func count(_ reading: CellReading, _ bytes: UnsafeRawBufferPointer, _ line: Int, _ point: UInt8) {
        let look = reading.look.rawValue
        rowCounts[look] += 1
        textCounts[look] += 1
        if firsts[look] == nil { firsts[look] = place(bytes, line) }
        switch reading.look {
        case .quantity:
            quantities.add(reading.value)
            marks.add(bytes, line: line, point: point)
            if reading.unit != nil { unitRows += 1 }
            if !units.contains(where: { $0.unit == reading.unit }), units.count < 100 {
                units.append((reading.unit, place(bytes, line)))
            }
            if !reading.mayBeName {
                if unlettered == nil { unlettered = place(bytes, line) }
            } else if lettered == nil {
                lettered = (place(bytes, line), reading.unit)
            } else if otherLetter == nil, reading.unit != lettered?.letter {
                otherLetter = place(bytes, line)
            }
            if reading.separator == .proven { (doubtful, isProven) = (nil, true) }
            if reading.separator == .doubtful, !isProven, doubtful == nil { doubtful = place(bytes, line) }
        case .date:
            dayFirst.add(reading.value)
            monthFirst.add(reading.monthFirst)
            if notDayFirst == nil, reading.value.isNaN { notDayFirst = place(bytes, line) }
            if notMonthFirst == nil, reading.monthFirst.isNaN { notMonthFirst = place(bytes, line) }
            if ambiguous == nil, reading.value != reading.monthFirst, !reading.value.isNaN, !reading.monthFirst.isNaN {
                ambiguous = place(bytes, line)
            }
            noteZone(reading, bytes, line)
        case .time:
            times.add(reading.value)
            noteZone(reading, bytes, line)
        case .unread, .word: break
        }
    }

    private func noteZone(_ reading: CellReading, _ bytes: UnsafeRawBufferPointer, _ line: Int) {
        switch reading.zone {
        case .none: if timeless == nil { timeless = place(bytes, line) }
        case .unsaid: if unzoned == nil { unzoned = place(bytes, line) }
        case .offset(let offset):
            if let zoned {
                if otherZone == nil, offset != zoned.offset { otherZone = place(bytes, line) }
            } else {
                zoned = (place(bytes, line), offset)
            }
        }
    }
}
