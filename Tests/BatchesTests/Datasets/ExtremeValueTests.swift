import HDF5
import Kernels
import RunSupport
import Recipes
import TestSupport
import Testing

@testable import Batches
@testable import Engine

@Suite struct ExtremeValueTests {
    private func finding(_ values: [Double]) -> ExtremeValue? {
        var scan = ExtremeScan()
        for value in values { scan.add(value) }
        return scan.finding
    }

    private static let ordinary = (0..<40).map { Double($0 * 7 % 41) / 2 }

    @Test(arguments: [-9999, -2_147_483_648, 9.969209968386869e36, Double(Float(9.96921e36)), 1e20, -32768])
    func aMarkOfMissingValuesIsFound(mark: Double) {
        let found = finding(Self.ordinary + [mark, mark])
        #expect(found == ExtremeValue(value: mark, count: 2, total: 42, least: 0, most: 20))
        // One is enough where it is known, and far away.
        #expect(finding(Self.ordinary + [mark])?.count == 1)
    }

    @Test func whatTheSentenceSays() {
        #expect(
            finding(Self.ordinary + [-9999, -9999])?.words()
                == "-9999 in 2 of 42 values, far from all others, which lie between 0 and 20")
    }

    @Test func anyValueThatIsRepeatedFarAwayIsFound() {
        #expect(finding(Self.ordinary + [777, 777, 777])?.value == 777)
        // Once it may be an outlier.
        #expect(finding(Self.ordinary + [777]) == nil)
        // Not so far.
        #expect(finding(Self.ordinary + [99, 99]) == nil)
        // Two marks.
        #expect(finding(Self.ordinary + [-9999, -9999, 1e20, 1e20])?.value == 1e20)
        // A mark within reach of large values is known by its name.
        #expect(finding((0..<100).map { Double($0 * 40) } + [-9999, -9999])?.value == -9999)
    }

    @Test func ordinaryFeaturesRaiseNoAlarm() {
        var random = SeededRandom(5)
        func numbers(_ count: Int, _ make: (Double) -> Double) -> [Double] {
            (0..<count).map { _ in make(Double.random(in: 1e-9..<1, using: &random)) }
        }
        // One-hot, binary, constant, sorted.
        #expect(finding((0..<100).map { $0 % 10 == 0 ? 1 : 0 }) == nil)
        #expect(finding((0..<100).map { $0 % 2 == 0 ? -1 : 1 }) == nil)
        #expect(finding(Array(repeating: -9999, count: 100)) == nil)
        #expect(finding((0..<100).map(Double.init)) == nil)
        // Sparse counts and weights, most of them 0.
        #expect(finding(numbers(1000) { $0 < 0.98 ? 0 : ($0 * 5000).rounded() - 4890 }) == nil)
        #expect(finding(Array(repeating: 0, count: 90) + [0.001, 0.002, 0.5, 0.5]) == nil)
        // Where 0 is the exception.
        #expect(finding((0..<100).map { 1000 + Double($0 % 3) } + [0, 0]) == nil)
        // Heavy tails: log-normal, Pareto, Cauchy, and whole numbers of them.
        for seed in 0..<20 {
            random = SeededRandom(seed)
            #expect(finding(numbers(5000) { 1 / $0 }) == nil)
            #expect(finding(numbers(5000) { (1 / $0).rounded() }) == nil)
            #expect(finding(numbers(5000) { $0 < 0.5 ? -1 / $0 : 1 / (1 - $0) }) == nil)
        }
        // Cut at the top, as incomes and sounds are.
        #expect(finding(numbers(1000) { min(1 / $0, 99) }) == nil)
    }

    @Test(arguments: ["digits.h5", "breast-cancer.h5", "diabetes.h5"])
    func theShippedDatasetsRaiseNoAlarm(name: String) throws {
        let path = Repository.dataset(name)
        for split in ["train", "test"] {
            let data = try Dataset(
                reading: DataSource(file: path, inputs: "/\(split)/inputs", targets: "/\(split)/targets"))
            #expect(try data.extremeValues(in: data.inputs, place: "x") == [])
            #expect(data.notices == [])
        }
    }

    @Test func theColumnIsNamedInMemoryAndStreamed() throws {
        let directory = try TestDirectory()
        let path = try NumberedRows.file(directory, rows: 200) { inputs in
            for row in [3, 50, 120] { inputs[row * 3 + 1] = 1e20 }
        }
        let sentence =
            "x, column 1, holds 1e+20 in 3 of 200 values, far from all others, which lie between 0.25 and 199.25; if it "
            + "marks missing values, remove or fill such rows before training"
        for data in [try Dataset(reading: NumberedRows.source(path)), try Dataset.open(NumberedRows.source(path))] {
            #expect(try data.extremeValues(in: data.inputs, place: "x") == [sentence])
        }
    }

    @Test func columnsAreCalledByTheirNames() throws {
        var rows = (0..<40).map { row in [Float(row % 7), Float(row)] }
        for row in [3, 9] { rows[row][0] = -999 }
        var data = try Dataset(inputs: rows)
        data.codeNames = CodeNames([CodeNames.inputColumns: CodeNames.List(names: ["age", "weight"], place: "x")])
        #expect(
            try data.extremeValues(in: data.fields[0]) == [
                "inputs, column 'age', holds -999 in 2 of 40 values, far from all others, which lie between 0 and 6; if it marks "
                    + "missing values, remove or fill such rows before training"
            ])
    }

    /// Of a column of dates they are dates.
    @Test func datesAreWrittenAsDates() throws {
        let directory = try TestDirectory()
        let path = try directory.hdf5("dates.h5") { root in
            var values = (0..<40).map { Double(19_723 + $0 % 7) }
            for row in [3, 9] { values[row] = -25_567 }
            let inputs = try root.createDataset("/train/inputs", .float64, shape: [40, 1])
            try inputs.write(values)
            try inputs.attributes.set(
                "recipe", Recipe([RecipeColumn("sold", .date, missing: .mean)]).node.jsonText(pretty: false))
        }
        let data = try Dataset.open(DataSource(file: path, inputs: "/train/inputs", targets: nil))
        #expect(
            try data.extremeValues(in: data.fields[0]) == [
                "\(path): /train/inputs holds 1900-01-01 in 2 of 40 values, far from all others, which lie between 2024-01-01 and "
                    + "2024-01-07; if it marks missing values, remove or fill such rows before training"
            ])
    }

    @Test func theSampleIsSpreadOverAllRows() {
        #expect(RowSample(rows: 10, width: 1, runs: nil).runs == (0..<10).map { $0..<$0 + 1 })
        let runs = RowSample(rows: 1_000_000, width: 8, runs: 16).runs
        #expect(runs.count == 16)
        #expect(runs.first?.lowerBound == 0)
        #expect(runs.last?.upperBound == 1_000_000)
        #expect(RowSample(rows: 0, width: 8, runs: 16).runs == [])
        // All of few rows, in runs that differ by one.
        let few = RowSample(rows: 200, width: 8, runs: 16).runs
        #expect(few.flatMap { $0 } == Array(0..<200))
        #expect(Set(few.map(\.count)) == [12, 13])
    }
}
