import Foundation
import HDF5
import Kernels
import Preparation
import Recipes
import RunSupport
import TestSupport
import Testing

@testable import Batches
@testable import Runs

/// Whatever is done to the file that a table comes in, a model sees the same rows, or somebody is told.
struct RandomTablesTests {
    private enum Column: CaseIterable {
        case whole, number, text, boolean, date, moment, time, quantity, percent
        /// Numbers with zeros in front, numbers with different letters, times with different zones.
        case padded, seat, zoned
    }

    private struct Table {
        var names: [String]
        var kinds: [Column]
        /// Of each row and column; empty where missing.
        var rows: [[String]]
        var target: [String]

        init(_ random: inout SeededRandom) {
            let count = Int.random(in: 2...6, using: &random)
            names = (0..<count).map { "column \($0)" }
            let kinds: [Column] = (0..<count).map { _ in Column.allCases.randomElement(using: &random) ?? .number }
            self.kinds = kinds
            let categories = (0..<count).map { _ in Int.random(in: 2...5, using: &random) }
            let rates: [Double] = [0, 0.1, 0.4]
            let missing: [Double] = (0..<count).map { _ in rates.randomElement(using: &random) ?? 0 }
            let size = Int.random(in: 20...60, using: &random)
            var rows: [[String]] = []
            for row in 0..<size {
                rows.append(
                    (0..<count).map { column in
                        // Of a boolean both texts occur.
                        if kinds[column] == .boolean, row < 2 { return row == 0 ? "yes" : "no" }
                        if Double.random(in: 0..<1, using: &random) < missing[column] { return "" }
                        return Self.value(kinds[column], categories[column], &random)
                    })
            }
            self.rows = rows
            let classes = Int.random(in: 2...4, using: &random)
            target = (0..<size).map { row -> String in
                row < classes ? "class \(row)" : "class \(Int.random(in: 0..<classes, using: &random))"
            }
        }

        private static func value(_ kind: Column, _ categories: Int, _ random: inout SeededRandom) -> String {
            func two(_ range: ClosedRange<Int>) -> String {
                let number = Int.random(in: range, using: &random)
                return (number < 10 ? "0" : "") + "\(number)"
            }
            func date() -> String { "20\(two(10...24))-\(two(1...12))-\(two(1...28))" }
            return switch kind {
            case .whole: "\(Int.random(in: 0...300, using: &random))"
            case .number: "\(Float.random(in: -5...5, using: &random))"
            case .text: "text, \(Int.random(in: 0..<categories, using: &random))\u{E9}"
            case .boolean: Bool.random(using: &random) ? "yes" : "no"
            case .date: date()
            case .moment: "\(date()) \(two(0...23)):\(two(0...59))"
            case .time: "\(two(0...23)):\(two(0...59))"
            case .quantity:
                "\(Int.random(in: 1...9, using: &random)),\(two(10...99))\(Int.random(in: 0...9, using: &random)) kg"
            case .padded: "\(two(0...5))"
            case .seat: "\(Int.random(in: 1...2, using: &random))\(Bool.random(using: &random) ? "A" : "K")"
            case .zoned:
                "\(date())T\(two(0...23)):\(two(0...59))\(["Z", "+02:00", "-11:30"].randomElement(using: &random)!)"
            case .percent: "\(Float(Int.random(in: 0...1000, using: &random)) / 8)%"
            }
        }

        /// The same value in another way of writing it.
        private static func otherwise(_ text: String, _ kind: Column) -> String {
            switch kind {
            case .boolean: return text.uppercased()
            case .date where !text.isEmpty:
                let parts = text.split(separator: "-").map { Int($0) ?? 0 }
                let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
                return "\(parts[2]) \(months[parts[1] - 1]) \(parts[0])"
            case .moment where !text.isEmpty: return text.replacingOccurrences(of: " ", with: "T") + ":00Z"
            // The same point of time in another zone; the accent by itself.
            case .zoned where !text.isEmpty: return Self.inUTC(text)
            case .text: return text.decomposedStringWithCanonicalMapping
            case .quantity: return text.replacingOccurrences(of: ",", with: "")
            default: return text
            }
        }

        private static func inUTC(_ text: String) -> String {
            let format = ISO8601DateFormatter()
            return format.date(from: "\(text.prefix(16)):00\(text.dropFirst(16))").map { format.string(from: $0) }
                ?? text
        }

        func text(columns: [Int], rows chosen: [Int], otherwise: Bool = false) -> String {
            func quoted(_ text: String) -> String { text.isEmpty ? "" : "\"\(text)\"" }
            let header = columns.map { quoted(names[$0]) } + ["label"]
            let lines = chosen.map { row in
                columns.map { quoted(otherwise ? Self.otherwise(rows[row][$0], kinds[$0]) : rows[row][$0]) }
                    + [quoted(target[row])]
            }
            return ([header] + lines).map { $0.joined(separator: ",") + "\n" }.joined()
        }
    }

    private let directory: TestDirectory
    init() throws { directory = try TestDirectory() }

    /// - Parameter like: the file whose columns these are.
    private func convert(_ text: String, _ name: String, like: String? = nil) throws -> String {
        let path = try directory.write(text, to: name + ".csv")
        var options = TableOptions()
        (options.missing, options.targets, options.hasHeader) = (.indicator, ["label"], true)
        options.like = try like.map { try LikeTable(HDF5File.open($0)) }
        let file = directory.file(name + ".h5")
        _ = try TableConverter(path, options: options).convert(to: ConversionTarget(file: file)) { _ in }
        return file
    }

    /// The features of each row, as a model takes them, with the name of its class.
    private func rows(_ data: Dataset) throws -> [([Float], String)] {
        let tensor = try data.inputs.features(data.selection, 0..<data.count)
        var values: [Float] = []
        tensor.forEach { values.append(Float($1)) }
        var labels: [Int] = []
        _ = try data.mapBlocks(of: try #require(data.targets)) { rows, _ in
            var own: [Int] = []
            rows.forEach { own.append(Int($1)) }
            return own
        }.map { labels += $0 }
        let (width, classes) = (tensor.rowShape.count, try #require(data.codeNames.classNames))
        return (0..<data.count).map { (Array(values[$0 * width..<($0 + 1) * width]), classes[labels[$0]]) }
    }

    private func read(_ files: [String], like training: Dataset, _ unknown: UnknownValues = .error) throws -> Dataset {
        try Dataset(
            reading: DataSource(files: files, inputs: "/train/inputs", targets: "/train/targets"), wantsTargets: true,
            memoryLimit: nil, names: training.codeNames, tables: training.tables, unknown: unknown
        ).encoded(for: training.tables, unknown: unknown)
    }

    @Test(arguments: 0..<60)
    func nothingIsChangedInSilence(seed: Int) throws {
        var random = SeededRandom(seed)
        let table = Table(&random)
        let (columns, all) = (Array(table.names.indices), Array(table.rows.indices))
        let file = try convert(table.text(columns: columns, rows: all), "train")
        let training = try Dataset(
            reading: DataSource(file: file, inputs: "/train/inputs", targets: "/train/targets")
        ).encoded()
        // In some of the rows all seats may have one letter, which would be a unit there.
        let like = table.kinds.contains(.seat) ? file : nil
        let expected = try rows(training)
        #expect(expected.map(\.1) == table.target)

        func expectSame(_ files: [String], _ chosen: [Int], _ comment: Comment) throws {
            let found = try rows(read(files, like: training))
            #expect(found.map(\.0) == chosen.map { expected[$0].0 }, comment)
            #expect(found.map(\.1) == chosen.map { expected[$0].1 }, comment)
        }
        // Columns in another order, rows in another order: codes as they come.
        var (turned, mixed) = (columns.shuffled(using: &random), all.shuffled(using: &random))
        try expectSame([convert(table.text(columns: turned, rows: mixed), "turned")], mixed, "turned")
        // Dates, booleans and quantities written in another way.
        try expectSame(
            [convert(table.text(columns: turned, rows: mixed, otherwise: true), "otherwise")], mixed, "otherwise")
        // Some rows, of one class.
        let one = try #require(table.target.randomElement(using: &random))
        mixed = all.filter { table.target[$0] == one }
        try expectSame([convert(table.text(columns: columns, rows: mixed), "class", like: like)], mixed, "one class")
        // Rows in two files, each with codes and an order of its own.
        mixed = all.shuffled(using: &random)
        let cut = Int.random(in: 1..<mixed.count, using: &random)
        let (first, second) = (Array(mixed[..<cut]), Array(mixed[cut...]))
        turned = columns.shuffled(using: &random)
        try expectSame(
            [
                convert(table.text(columns: columns, rows: first), "first", like: like),
                convert(table.text(columns: turned, rows: second, otherwise: true), "second", like: like),
            ], mixed, "two files")

        // A column that is not there.
        let dropped = try #require(columns.randomElement(using: &random))
        let short = try convert(table.text(columns: columns.filter { $0 != dropped }, rows: all), "short")
        #expect("a missing column is told of") {
            try read([short], like: training)
        } throws: {
            "\($0)".contains("has no column '\(table.names[dropped])'")
        }
        // Another unit.
        if let place = columns.first(where: { table.kinds[$0] == .quantity }) {
            var pounds = table
            for row in all {
                pounds.rows[row][place] = table.rows[row][place].replacingOccurrences(of: "kg", with: "lb")
            }
            let file = try convert(pounds.text(columns: turned, rows: all), "pounds")
            #expect("another unit is told of") {
                try read([file], like: training)
            } throws: {
                "\($0)".contains("holds 'lb' in column '\(table.names[place])', but the model's training data 'kg'")
            }
        }
        // A column that has become one of another kind.
        if let place = columns.first(where: { [.date, .moment, .time, .boolean].contains(table.kinds[$0]) }) {
            var numbers = table
            for row in all { numbers.rows[row][place] = "\(row % 7)" }
            let file = try convert(numbers.text(columns: turned, rows: all), "numbers")
            #expect("another kind is told of") {
                try read([file], like: training)
            } throws: {
                "\($0)".contains("holds numbers in column '\(table.names[place])', but the model's training data")
            }
        }
        // Neither yes nor no.
        if let place = columns.first(where: { table.kinds[$0] == .boolean }) {
            var unsure = table
            unsure.rows[3][place] = "maybe"
            let file = try convert(unsure.text(columns: turned, rows: all), "unsure")
            #expect("what is neither is told of") {
                try read([file], like: training)
            } throws: {
                "\($0)".contains("row 3, column '\(table.names[place])': 'maybe' is none of the categories")
            }
        }
        // A category that the model does not know.
        guard let place = columns.first(where: { column in table.rows.contains { $0[column].hasPrefix("text") } })
        else {
            return
        }
        var strange = table
        let row = try #require(all.first { table.rows[$0][place].hasPrefix("text") })
        strange.rows[row][place] = "unheard of"
        let last = try convert(strange.text(columns: turned, rows: all), "strange")
        #expect("an unknown category is told of") {
            try read([last], like: training)
        } throws: {
            "\($0)".contains("row \(row), column '\(table.names[place])': 'unheard of' is none of")
        }
        let skipped = try rows(read([last], like: training, .skip))
        #expect(skipped.map(\.0) == all.filter { $0 != row }.map { expected[$0].0 })
    }

    /// Tables of their own for validation and test are held to `data.split.together`: whatever the columns hold, and however the
    /// rows and columns are ordered, a group that stands on two sides is found, and none is where there is none.
    @Test(arguments: 0..<40)
    func groupsInTablesOfTheirOwn(seed: Int) throws {
        var random = SeededRandom(seed + 500)
        let table = Table(&random)
        let columns = Array(table.names.indices)
        // The training rows hold all categories, so that it is groups alone that differ.
        let all = Array(table.rows.indices)
        var sides: [(name: String, rows: [Int], groups: [String])] = [("train", all, [])]
        for name in ["validation", "test"] {
            sides.append((name, (0..<8).map { _ in all.randomElement(using: &random) ?? 0 }, []))
        }
        let words: [(Int) -> String] = [
            { "\($0)" }, { "p\($0)" }, { "2024-01-\($0 + 10)" }, { $0 % 2 == 0 ? "\($0)" : "p\($0)" },
        ]
        let word = try #require(words.randomElement(using: &random))
        // 7 to 3 groups for each side, none on two.
        for (index, own) in [0..<7, 7..<11, 11..<14].enumerated() {
            sides[index].groups = sides[index].rows.map { _ in word(own.randomElement(using: &random) ?? 0) }
            if index == 0 { for group in own { sides[0].groups[group] = word(group) } }
        }
        func write(_ side: (name: String, rows: [Int], groups: [String])) throws {
            let lines = table.text(columns: columns.shuffled(using: &random), rows: side.rows).split(separator: "\n")
            let text = zip(lines, ["group"] + side.groups).map { "\($1),\($0)\n" }.joined()
            _ = try directory.write(text, to: side.name + ".csv")
        }
        func read() throws -> RunData {
            var document = try smallest(
                #"data.train={"file": "train.csv", "targets": "label", "missing": "indicator", "header": true}"#)
            for assignment in [
                #"data.validation={"file": "validation.csv"}"#, #"data.test={"file": "test.csv"}"#,
                #"data.split={"together": "group"}"#,
            ] { try document.set(assignment) }
            let configuration = try RunConfiguration(document, directory: directory.path)
            let tables = try PreparedTables(configuration.data)
            return try withExtendedLifetime(tables) { try RunData(tables.data, seed: 1) }
        }
        for side in sides { try write(side) }
        let data = try read()
        #expect(data.splitWarnings == [])
        #expect(data.training.count == all.count && data.validation?.count == 8 && data.test?.count == 8)
        #expect(!(data.training.inputs.recipe?.names.contains("group") ?? true))

        // One row goes to another side.
        let (from, to) = try #require([(0, 1), (0, 2), (1, 2)].randomElement(using: &random))
        let group = try #require(sides[from].groups.randomElement(using: &random))
        let row = Int.random(in: 0..<8, using: &random)
        sides[to].groups[row] = group
        try write(sides[to])
        let spoken = ["training", "validation", "test"]
        #expect("a group on two sides is told of") {
            try read()
        } throws: { error in
            let sentence = "\(error)"
            return sentence.hasPrefix(
                "data.split.together: 1 value of 'group' stands in the \(spoken[to]) rows and in the \(spoken[from]) rows, first "
            )
                && sentence.contains(group)
                && sentence.contains("\(directory.file(sides[to].name + ".csv")), line \(row + 2)")
        }
    }
}
