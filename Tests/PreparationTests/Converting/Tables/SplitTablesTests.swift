import HDF5
import TestSupport
import Testing

@testable import Batches
@testable import Preparation

@Suite struct SplitTablesTests {
    private let directory: TestDirectory

    init() throws { directory = try TestDirectory() }

    private func write(_ text: String, to name: String) throws -> String {
        let path = directory.path + "/" + name
        try text.write(toFile: path, atomically: false, encoding: .utf8)
        return path
    }

    private func convert(_ files: [String], _ table: TableSource, like: LikeTable? = nil) throws -> SplitTables {
        try SplitTables(
            TableSource.source(files, table), into: directory.path, split: "train", like: like, progress: { _, _ in })
    }

    private var byY: TableSource {
        var table = TableSource()
        table.targets = ["y"]
        return table
    }

    @Test func wordsAreTheConverters() {
        #expect(TableSource.encodings == TextEncoding.allCases.map(\.rawValue))
    }

    /// Rows are called by the lines on which they begin, whatever stands between them.
    @Test func linesOfRows() throws {
        let path = try write("\nx,name,y\n1,a,1\n\n2,\"b\nc\",2\n3,d,3\n", to: "a.csv")
        let tables = try convert([path], byY)
        let data = try Dataset(reading: tables.source)
        #expect((0..<3).map { data.inputs.place(ofRow: $0).row } == ["line 3", "line 5", "line 7"])
        #expect(data.inputs.place(ofRow: 0).place == path)
        #expect(data.inputsPlace == path)
        #expect(data.targetsPlace == "\(path), column 'y'")
    }

    @Test func namedInputsAndSeveralTables() throws {
        let first = try write("x,z,y,w\n1,9,2,a\n", to: "a.csv")
        let second = try write("w,y,x\nb,4,3\n", to: "b.csv")
        var table = byY
        table.inputs = ["w", "x"]
        let tables = try convert([first, second], table)
        #expect(
            tables.source.table?.converted?.map(\.path) == ["train.h5", "train-2.h5"].map { directory.path + "/" + $0 })
        let data = try Dataset(reading: tables.source)
        #expect(data.inputs.recipe?.names == ["x", "w"])
        #expect(data.count == 2)
        #expect(tables.reports[1].decisions?.leftOut == [])
        #expect(data.inputs.place(ofRow: 1).place == second)
    }

    @Test func whatIsMissingIsSaid() throws {
        let path = try write("x,y\n1,2\n", to: "a.csv")
        #expect(
            throws: DataError(
                "\(path): which column is to be predicted is said by data.train.targets, which is missing; the table has the "
                    + "columns x, y")
        ) { try convert([path], TableSource()) }
        let like = try convert([path], byY).like
        let other = try write("x,z\n1,2\n", to: "b.csv")
        #expect(
            throws: DataError("\(other) has no column 'y', which is the target of \(path); its columns are x, z")
        ) { try convert([other], TableSource(), like: like) }
        // All of these words are texts, but the columns are known to have names.
        let single = try write("y,x\n,\n", to: "c.csv")
        #expect(try convert([single], TableSource(), like: like).reports[0].datasets[0].shape == [1, 1])
    }

    @Test func tablesMustBeConvertedFirst() throws {
        let source = TableSource.source(["a.csv"], byY)
        #expect(throws: DataError("a.csv is a table of text, which must be converted before it is read")) {
            try Dataset(reading: source)
        }
    }
}
