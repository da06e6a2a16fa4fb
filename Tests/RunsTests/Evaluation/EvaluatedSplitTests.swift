import Configuration
import Engine
import Files
import Foundation
import RunSupport
import TestSupport
import Testing

@testable import Batches
@testable import Runs

/// The rows of a run's own splits, made again.
@Suite struct EvaluatedSplitTests {
    private let directory: TestDirectory

    init() throws {
        directory = try TestDirectory()
        let rows = (0..<90).map { row in
            "\(row % 13),\(["a", "b", "c", "d"][row % 4]),2024-0\(row % 9 + 1)-1\(row % 7),\(row * 7 % 31)\n"
        }
        _ = try directory.write("x,kind,day,y\n" + rows.joined(), to: "all.csv")
        _ = try directory.write("x,kind,day,y\n" + rows.prefix(7).joined(), to: "test.csv")
    }

    private func train(_ name: String, _ assignments: [String], fold: Int? = nil) throws -> (TrainingRun, FinalFigures)
    {
        var document = try smallest(
            #"data.train={"file": "all.csv", "targets": "y"}"#, #"metrics=["mae"]"#, "training.batch_size=16",
            "training.epochs=2", "parallel.shards=2")
        for assignment in assignments { try document.set(assignment) }
        let configuration = try RunConfiguration(document, directory: directory.path)
        let run = try TrainingRun(configuration, fold: fold)
        let outcome = try run.run(in: RunDirectory(directory.file(name)), observer: RunFixture.Listener())
        return (run, try #require(outcome.figures))
    }

    private func rows(_ data: Dataset?) -> [Int] {
        data.map { data in (0..<data.count).map { data.selection[$0] } } ?? []
    }

    private static let cuts: [[String]] = [
        [#"data.validation={"fraction": 0.2}"#, #"data.test={"fraction": 0.25}"#, "seed=5"],
        [#"data.validation={"fraction": 0.2}"#, #"data.test={"fraction": 0.25}"#, "data.stratify=true"],
        [
            #"data.validation={"fraction": 0.2}"#, #"data.test={"fraction": 0.25}"#, #"data.split={"together": "x"}"#,
            "seed=2",
        ],
        [#"data.validation={"fraction": 0.2}"#, #"data.test={"fraction": 0.25}"#, #"data.split={"by_time": "day"}"#],
        [#"data.validation={"fraction": 0.2}"#, #"data.test={"file": "test.csv"}"#],
    ]

    /// To the row, and to the figure, however the split was made.
    @Test(arguments: EvaluatedSplitTests.cuts)
    func splitsAreMadeAgain(cut: [String]) throws {
        let (run, figures) = try train("run", cut)
        for (name, data, own) in [
            (EvaluatedSplit.Name.validation, run.validation, figures.validation), (.test, run.test, figures.test),
            (.train, run.training, []),
        ] {
            let split = try EvaluatedSplit(directory.file("run"), name)
            #expect(split.name == name && rows(split.data) == rows(data))
            #expect(split.data.inputs.recipe == data?.inputs.recipe)
            let result = try split.model.evaluator(on: split.data, Parallelism(workers: 2)).evaluate(
                byOutput: split.model.metricsByOutput)
            #expect(result.samples == data?.count)
            for (value, figure) in zip([result.loss] + result.metrics, own) {
                #expect(abs(value - figure.value) <= 1e-6 * abs(figure.value), "\(name) \(figure.name)")
            }
        }
        #expect(try EvaluatedSplit(directory.file("run")).name == .test)
    }

    /// Rows that the conversion left out are counted: a row has the number that it has in its table, and of several tables the
    /// table's name.
    @Test func rowsHaveTheirNumbersInTheTable() throws {
        let lines = (0..<60).map { "\($0 % 4 == 1 ? "" : "\($0)"),\($0)\n" }
        _ = try directory.write("x,y\n" + lines.joined(), to: "holes.csv")
        _ = try directory.write("x,y\n" + lines.suffix(9).joined(), to: "more.csv")
        func numbers(_ run: String, _ file: String) throws -> [String] {
            let (trained, _) = try train(
                run,
                [#"data.train={"file": \#(file), "targets": "y", "missing": "skip"}"#, #"data.test={"fraction": 0.3}"#])
            let split = try EvaluatedSplit(directory.file(run))
            #expect(split.data.count == trained.test?.count)
            let rows = try split.rows()
            return (0..<split.data.count).map { index in
                let (file, row) = rows.place(ofRow: rows.row(index))
                return (file.map { "\($0) " } ?? "") + "\(row)"
            }
        }
        func targets(_ run: String) throws -> [Int] {
            let data = try EvaluatedSplit(directory.file(run)).data
            var values: [Int] = []
            for row in 0..<data.count {
                try data.fields(.target)[0].field.features(ofRow: data.selection[row]).forEach { _, value in
                    values.append(Int(value))
                }
            }
            return values
        }
        let one = try numbers("one", #""holes.csv""#)
        #expect(try one == targets("one").map(String.init))
        let two = try numbers("two", #"["holes.csv", "more.csv"]"#)
        let names = ["holes.csv", "more.csv"].map { directory.file($0) }
        for (name, target) in try zip(two, targets("two")) {
            #expect(name == "\(names[0]) \(target)" || name == "\(names[1]) \(target - 51)")
        }
        #expect(two.contains { $0.hasPrefix(names[1]) })
    }

    @Test func whatItIsCalled() throws {
        _ = try train("run", Self.cuts[0])
        let (run, csv) = (directory.file("run"), directory.file("all.csv"))
        #expect(try EvaluatedSplit(run).words == "the test split of \(run), 0.25 of \(csv)")
        #expect(try EvaluatedSplit(run, .train).words == "the train split of \(run), what the others leave of \(csv)")
        _ = try train("folds/fold-2", ["data.k_fold=3"], fold: 1)
        let fold = try EvaluatedSplit(directory.file("folds/fold-2/"))
        #expect(fold.words == "the validation split of \(directory.file("folds/fold-2")), fold 2 of 3 of \(csv)")
        #expect(fold.data.count == 30)
        #expect(
            throws: FileError(
                "\(directory.file("folds")) is a cross-validation, with a model for each fold; name one of these: "
                    + "\(directory.file("folds"))/fold-2", isBadData: true)
        ) { try EvaluatedSplit(directory.file("folds")) }
        #expect(
            throws: DataError(
                "\(directory.file("folds/fold-2")) has no test split: its config has train and validation")
        ) { try EvaluatedSplit(directory.file("folds/fold-2"), .test) }
    }

    @Test func otherDataAreTold() throws {
        _ = try train("run", Self.cuts[0])
        let text = try String(contentsOfFile: directory.file("all.csv"), encoding: .utf8)
        _ = try directory.write(text + "1,a,2024-01-10,3\n", to: "all.csv")
        #expect("a table that has changed") {
            try EvaluatedSplit(directory.file("run"))
        } throws: { "\($0)".hasPrefix("\(directory.file("all.csv")) has changed since the run was begun: ") }
        try FileManager.default.removeItem(atPath: directory.file("run/model.h5"))
        #expect("a run that is not finished") {
            try EvaluatedSplit(directory.file("run"))
        } throws: {
            "\($0)"
                == "\(directory.file("run")) has no model.h5 yet, since its run is not finished; go on with it by stormo train "
                + "--resume \(directory.file("run"))"
        }
    }

    /// A folder that was renamed, with the run and its table in it; or the table alone.
    @Test func aRunThatWasMoved() throws {
        let (run, _) = try train(
            "project/runs/one", Self.cuts[0] + [#"data.train.file="\#(try moveTable("project"))""#])
        let files = FileManager.default
        try files.moveItem(atPath: directory.file("project"), toPath: directory.file("moved"))
        let moved = directory.file("moved/runs/one")
        #expect(try rows(EvaluatedSplit(moved).data) == rows(run.test))
        let earlier = try EarlierRun(moved)
        let document = try earlier.moved(earlier.document)
        #expect(document.root["data"]?["train"]?["file"] == .init(directory.file("moved/all.csv")))
        try earlier.check(document)
        let again = try TrainingRun(RunConfiguration(document, directory: ""), resuming: earlier)
        _ = try again.run(in: RunDirectory(moved), observer: RunFixture.Listener())
        // Its config names the place from then on.
        #expect(
            try EarlierRun(moved).document.root["data"]?["train"]?["file"] == .init(directory.file("moved/all.csv")))

        // The table is elsewhere: that is to be said.
        try files.createDirectory(atPath: directory.file("far"), withIntermediateDirectories: true)
        try files.moveItem(atPath: directory.file("moved/all.csv"), toPath: directory.file("far/all.csv"))
        let sentence =
            "\(directory.file("moved/all.csv")), which data.train.file of \(moved) names, is not there; say where it is by --set "
            + "data.train.file=PATH"
        #expect(throws: DataError(sentence)) { try EvaluatedSplit(moved) }
        try files.moveItem(atPath: directory.file("moved"), toPath: directory.file("away"))
        let away = directory.file("away/runs/one")
        #expect(
            throws: DataError(
                "\(directory.file("moved/all.csv")), which data.train.file of \(away) names, is not there, nor is "
                    + "\(directory.file("away/all.csv")), where it would be had it been moved with the run; say where it is by "
                    + "--set data.train.file=PATH")
        ) { try EvaluatedSplit(away) }
        let split = try EvaluatedSplit(away, assignments: ["data.train.file=\(directory.file("far/all.csv"))"])
        #expect(rows(split.data) == rows(run.test))
    }

    /// A project that was copied, while the old one is still there: the copy reads its own data, and goes on when the old one
    /// is gone or another.
    @Test func aProjectThatWasCopied() throws {
        let (run, _) = try train("a/runs/one", Self.cuts[0] + [#"data.train.file="\#(try moveTable("a"))""#])
        let files = FileManager.default
        func copy(_ from: String, _ to: String) throws {
            try files.createDirectory(
                atPath: directory.file(String(to.prefix { $0 != "/" })), withIntermediateDirectories: true)
            try files.copyItem(atPath: directory.file(from), toPath: directory.file(to))
        }
        func place(_ run: String) throws -> JSONNode? {
            let earlier = try EarlierRun(directory.file(run))
            return try earlier.moved(earlier.document).root["data"]?["train"]?["file"]
        }
        func goOn(_ run: String) throws {
            let earlier = try EarlierRun(directory.file(run))
            let document = try earlier.moved(earlier.document)
            let again = try TrainingRun(RunConfiguration(document, directory: ""), resuming: earlier)
            _ = try again.run(in: RunDirectory(directory.file(run)), observer: RunFixture.Listener())
        }
        try files.copyItem(atPath: directory.file("a"), toPath: directory.file("b"))
        #expect(try place("b/runs/one") == .init(directory.file("b/all.csv")))
        #expect(try place("a/runs/one") == .init(directory.file("a/all.csv")))

        // The run alone was copied, or beside other data: those of the old place are taken, and its own looked for again
        // once they are there.
        try copy("a/runs", "c/runs")
        try goOn("c/runs/one")
        #expect(try place("c/runs/one") == .init(directory.file("a/all.csv")))
        _ = try directory.write("x,kind,day,y\n1,a,2024-01-11,3\n", to: "c/all.csv")
        #expect(try place("c/runs/one") == .init(directory.file("a/all.csv")))
        let warning =
            "\(directory.file("c/all.csv")) stands beside the run but holds other contents than it was begun with, so "
            + "\(directory.file("a/all.csv")) is read"
        #expect(try EvaluatedSplit(directory.file("c/runs/one")).remarks.contains(.warning(warning)))
        let earlier = try EarlierRun(directory.file("c/runs/one"))
        let document = try earlier.moved(earlier.document)
        let resumed = try TrainingRun(RunConfiguration(document, directory: ""), resuming: earlier)
        #expect(resumed.remarks.contains(.warning(warning)))
        try files.removeItem(atPath: directory.file("c/all.csv"))
        try copy("a/all.csv", "c/all.csv")
        #expect(try place("c/runs/one") == .init(directory.file("c/all.csv")))

        try goOn("b/runs/one")
        let record = try #require(try DataRecord(directory: directory.file("b/runs/one")))
        #expect(record.splits["train"]?.paths == ["../../all.csv"])
        #expect(record.splits["train"]?.files.map(\.path) == [directory.file("b/all.csv")])
        try files.removeItem(atPath: directory.file("a"))
        for name in ["b", "c"] {
            #expect(try rows(EvaluatedSplit(directory.file("\(name)/runs/one")).data) == rows(run.test))
            try goOn("\(name)/runs/one")
        }
    }

    @Test func targetsThatAreDatesAreTold() throws {
        let document = try smallest(#"data.train={"file": "all.csv", "targets": "day"}"#)
        let run = try TrainingRun(RunConfiguration(document, directory: directory.path))
        #expect(
            run.remarks.contains(
                .note("'day' is a date: its targets are days since 1970-01-01, and tables of answers hold dates")))
    }

    private func moveTable(_ folder: String) throws -> String {
        try FileManager.default.createDirectory(
            atPath: directory.file(folder) + "/runs", withIntermediateDirectories: true)
        try FileManager.default.moveItem(
            atPath: directory.file("all.csv"), toPath: directory.file(folder) + "/all.csv")
        return directory.file(folder) + "/all.csv"
    }
}
