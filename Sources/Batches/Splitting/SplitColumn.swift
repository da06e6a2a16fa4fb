import Kernels
import Recipes

/// The values of the column by which rows are split, one for each row of a dataset. How it is found and read is in
/// `SplitColumn+Reading.swift`.
struct SplitColumn: Sendable {
    /// The file and the column, for messages.
    let place: String
    /// For each row the place of its value among the different ones, in ascending order: numbers by size, texts by their
    /// bytes. So it does not depend on the order of the rows. -1 for a row without a value, of which there is none where rows
    /// are cut.
    let ranks: [Int]
    /// How many rows have each value, in that order.
    let sizes: [Int]
    /// The different values, in that order.
    let distinct: Values
    /// What numbers stand for.
    let meaning: Meaning
    /// What may be wrong with them, a sentence; nil for nothing.
    private(set) var warning: String?

    /// What stands in a column.
    enum Values: Sendable {
        case numbers([Double])
        /// Whole numbers of which a double would take some for their neighbours: nanoseconds, keys of databases.
        case integers([Int])
        case texts([String])
    }

    /// What the numbers of a column stand for.
    enum Meaning: Sendable {
        case number
        /// Days since 1970-01-01.
        case date
        /// Fractions of the day.
        case time

        /// - Parameter kind: of a table's column.
        init(_ kind: RecipeColumn.Kind) { self = kind == .date ? .date : kind == .time ? .time : .number }
    }

    /// - Parameter values: one for each row; NaN and the empty text stand for none.
    init(_ values: Values, place: String, meaning: Meaning = .number) {
        (self.place, self.meaning) = (place, meaning)
        switch values {
        case .numbers(let numbers):
            let distinct = Set(numbers.lazy.filter { !$0.isNaN }).sorted()
            (ranks, sizes) = Self.ranked(numbers, distinct)
            self.distinct = .numbers(distinct)
        case .integers(let integers):
            let distinct = Set(integers).sorted()
            (ranks, sizes) = Self.ranked(integers, distinct)
            self.distinct = .integers(distinct)
        case .texts(let texts):
            let distinct = Set(texts.lazy.filter { !$0.isEmpty }).sorted {
                $0.utf8.lexicographicallyPrecedes($1.utf8)
            }
            (ranks, sizes) = Self.ranked(texts, distinct)
            self.distinct = .texts(distinct)
        }
    }

    private init(_ whole: SplitColumn, _ ranks: [Int]) {
        var counts = Array(repeating: 0, count: whole.sizes.count)
        for rank in ranks where rank >= 0 { counts[rank] += 1 }
        let left = counts.indices.filter { counts[$0] > 0 }
        var places = Array(repeating: 0, count: counts.count)
        for (place, rank) in left.enumerated() { places[rank] = place }
        (place, meaning, warning) = (whole.place, whole.meaning, whole.warning)
        self.ranks = ranks.map { $0 < 0 ? $0 : places[$0] }
        sizes = left.map { counts[$0] }
        distinct =
            switch whole.distinct {
            case .numbers(let numbers): .numbers(left.map { numbers[$0] })
            case .integers(let integers): .integers(left.map { integers[$0] })
            case .texts(let texts): .texts(left.map { texts[$0] })
            }
    }

    private static func ranked<T: Hashable>(_ values: [T], _ distinct: [T]) -> (ranks: [Int], sizes: [Int]) {
        let places = Dictionary(uniqueKeysWithValues: distinct.enumerated().map { ($1, $0) })
        var sizes = Array(repeating: 0, count: distinct.count)
        let ranks = values.map { places[$0] ?? -1 }
        for rank in ranks where rank >= 0 { sizes[rank] += 1 }
        return (ranks, sizes)
    }

    /// The same column of some of the rows, as if it had been read for these alone.
    /// - Parameter places: of the rows in this column.
    func selecting(_ places: [Int]) -> SplitColumn { SplitColumn(self, places.map { ranks[$0] }) }

    /// Where the values are counted: 0 or 1, if they are whole numbers from there on without a gap; else nil.
    var firstCounted: Int? {
        switch distinct {
        case .integers(let own): Self.firstCounted(own)
        case .numbers(let own) where meaning == .number:
            own.allSatisfy { Int(exactly: $0) != nil } ? Self.firstCounted(own.map { Int($0) }) : nil
        case .numbers, .texts: nil
        }
    }

    /// - Parameter values: different ones, ascending.
    private static func firstCounted(_ values: [Int]) -> Int? {
        guard values.count > 1, let first = values.first, let last = values.last, (0...1).contains(first),
            last - first == values.count - 1
        else { return nil }
        return first
    }

    /// The same with a warning where each of several files counts its groups anew: a number that comes in two files may then
    /// stand for two groups.
    /// - Parameters:
    ///   - key: of the rule.
    ///   - firsts: of each file the first of its rows among these.
    func warning(_ key: String, whereFilesBeginAt firsts: [Int]) -> SplitColumn {
        guard firsts.count > 1, let start = firstCounted else { return self }
        for (index, first) in firsts.enumerated() {
            let end = index + 1 < firsts.count ? firsts[index + 1] : ranks.count
            guard first < end, selecting(Array(first..<end)).firstCounted == start else { return self }
        }
        var own = self
        own.warning =
            "\(key): each of the \(firsts.count) files counts \(place) from \(start) on, and rows with the same number stay together "
            + "whatever their file: " + Self.numbering
        return own
    }

    /// What to do where numbers are counted anew in each file.
    static let numbering = "if they are other groups in each file, number them through all files"

    /// One of the different values as messages have it.
    func word(_ rank: Int) -> String {
        switch distinct {
        case .numbers(let numbers):
            switch meaning {
            // 80.7 of a float32, rather than 80.69999694824219.
            case .number:
                Double(Float(numbers[rank])) == numbers[rank] && abs(numbers[rank]) < 0x1p24
                    && numbers[rank] != numbers[rank].rounded()
                    ? "\(Float(numbers[rank]))" : StoredType.text(numbers[rank])
            case .date: DatePart.text(numbers[rank], .date)
            case .time: DatePart.text(numbers[rank], .time)
            }
        case .integers(let integers): "\(integers[rank])"
        case .texts(let texts): "'\(texts[rank])'"
        }
    }
}
