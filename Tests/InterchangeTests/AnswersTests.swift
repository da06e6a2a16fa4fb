import Engine
import Foundation
import HDF5
import Kernels
import Network
import Recipes
import RunSupport
import TestSupport
import Testing

@testable import Batches
@testable import Files
@testable import Interchange

@Suite struct AnswersTests {
    /// What a format writes, as text.
    private func text(_ format: String, _ answers: Answers) throws -> String {
        String(decoding: try bytes(format, answers), as: UTF8.self)
    }

    private func bytes(_ format: String, _ answers: Answers) throws -> [UInt8] {
        var bytes: [UInt8] = []
        let sink = ByteSink { bytes += $0 }
        try #require(AnswerFormats.named(format)).write(AnswerStream(answers), to: sink)
        try sink.flush()
        return bytes
    }

    private func classes(names: [String]? = ["a", "b, \"c\"", ""]) throws -> TrainedModel {
        try ModelFixture.trained(ModelFixture.mlp(), classNames: names)
    }

    private static let three: [Float] = [0.1, 0.7, 0.2, 0.5, 0.25, 0.25, .nan, 0, 1]

    @Test func classesHaveNamesAndProbabilities() throws {
        let answers = Answers([Self.three], of: try classes(), rows: AnswerRows(total: 3))
        #expect(
            try text("csv", answers) == #"""
                row,class,p_a,"p_b, ""c""",p_
                0,"b, ""c""",0.1,0.7,0.2
                1,a,0.5,0.25,0.25
                2,,NaN,0.0,1.0

                """#)
        #expect(
            try text("json", answers) == #"""
                [
                {"row": 0, "class": "b, \"c\"", "p_a": 0.1, "p_b, \"c\"": 0.7, "p_": 0.2},
                {"row": 1, "class": "a", "p_a": 0.5, "p_b, \"c\"": 0.25, "p_": 0.25},
                {"row": 2, "class": null, "p_a": null, "p_b, \"c\"": 0.0, "p_": 1.0}
                ]

                """#)
        #expect(
            try text("jsonl", answers).split(separator: "\n").last
                == #"{"row": 2, "class": null, "p_a": null, "p_b, \"c\"": 0.0, "p_": 1.0}"#)
    }

    @Test func theBestClasses() throws {
        let answers = Answers([Self.three], of: try classes(names: nil), rows: AnswerRows(total: 3), top: 2)
        #expect(
            try text("csv", answers) == """
                row,class,p,class_2,p_2
                0,1,0.7,2,0.2
                1,0,0.5,1,0.25
                2,,,,

                """)
        #expect(Answers.problem(top: 3, try classes()) == nil)
        #expect(Answers.problem(top: 4, try classes()) == "is more than the 3 classes that there are")
        let number = try ModelFixture.trained(Model(input: [2]) { Dense(1) }, loss: MeanSquaredError())
        #expect(Answers.problem(top: 1, number) == "is for models of classes")
    }

    /// What is left out has no line, and is known.
    @Test func rowsAndFilesAreNamed() throws {
        let rows = AnswerRows(total: 6, selected: [1, 4, 5], files: [("x.csv", 0), ("y,z.csv", 4)])
        #expect(rows.leftOut == [0, 2, 3])
        #expect(rows.place(ofRow: 3).file == "x.csv" && rows.place(ofRow: 5).row == 1)
        let answers = Answers([Self.three], of: try classes(names: nil), rows: rows, top: 1)
        #expect(
            try text("csv", answers) == """
                file,row,class,p
                x.csv,1,1,0.7
                "y,z.csv",0,0,0.5
                "y,z.csv",1,,

                """)
        let images = AnswerRows(total: 3, files: [("1.png", 0), ("2.png", 1), ("3.png", 2)], areFiles: true)
        #expect(
            try text("csv", Answers([Self.three], of: classes(names: nil), rows: images, top: 1))
                .hasPrefix("file,class,p\n1.png,1,0.7\n"))
        let directory = try TestDirectory()
        try HDF5Answers().write(AnswerStream(answers), to: directory.file("out.h5"))
        let file = try HDF5File.open(directory.file("out.h5"))
        #expect(try file.dataset("files").readStrings() == ["x.csv", "y,z.csv", "y,z.csv"])
        #expect(try file.dataset("rows").read(Int.self) == [1, 0, 1])
    }

    /// Of a target that is a date, tables of answers and mistakes hold dates; arrays the days that were trained on.
    @Test func datesAreDates() throws {
        var trained = try ModelFixture.trained(Model(input: [2]) { Dense(2) }, loss: MeanSquaredError())
        var day = RecipeColumn("day", .date)
        day.seen = .init(missing: 0, range: 0...20_000)
        trained.tables.recipes["targets"] = Recipe([day, RecipeColumn("size", .number)])
        trained.columnLists[CodeNames.targetColumns] = ["day", "size"]
        let values: [Float] = [19_783.4, 1.5, .nan, 2]
        let truths: [Float] = [19_782, 1, 0, 3]
        let answers = Answers([values], of: trained, rows: AnswerRows(total: 2), truths: [truths])
        #expect(
            try text("csv", answers) == """
                row,true_day,true_size,day,size
                0,2024-02-29,1.0,2024-03-01,1.5
                1,1970-01-01,3.0,,2.0

                """)
        #expect(
            try text("jsonl", answers).hasPrefix(
                #"{"row": 0, "true_day": "2024-02-29", "true_size": 1.0, "day": "2024-03-01", "size": 1.5}"#))
        let worst = Mistakes(2, values, truths, of: trained.objective.outputs[0], trained).worst
        #expect(worst.map(\.answer) == [.missing, .text("2024-03-01")])
        #expect(worst[1].truth == .text("2024-02-29") && abs(worst[1].size - 1.4) < 0.01)
        let directory = try TestDirectory()
        try HDF5Answers().write(AnswerStream(answers), to: directory.file("out.h5"))
        let file = try HDF5File.open(directory.file("out.h5"))
        #expect(try file.dataset("predictions").read(Float.self)[0] == 19_783.4)
    }

    @Test func yesOrNo() throws {
        let model = try Model(input: [2]) { Dense(1, activation: .sigmoid) }
        var trained = try ModelFixture.trained(model, loss: .binaryCrossEntropy, classNames: ["benign", "malignant"])
        trained.objective.outputs[0].thresholds = [0.3]
        let values: [[Float]] = [[0.2, 0.4, .nan]]
        let answers = Answers(values, of: trained, rows: AnswerRows(total: 3), truths: [[1, 1, 0]])
        #expect(
            try text("csv", answers) == """
                row,true,class,p_malignant
                0,malignant,benign,0.2
                1,malignant,malignant,0.4
                2,benign,,NaN

                """)
    }

    @Test func severalLabels() throws {
        let model = try Model(input: [2]) { Dense(2, activation: .sigmoid) }
        var trained = try ModelFixture.trained(model, loss: .binaryCrossEntropy)
        trained.columnLists["target_names"] = ["red", "row"]
        trained.objective.outputs[0].thresholds = [0.5, 0.9]
        let answers = Answers([[0.6, 0.8, 0.4, 0.95]], of: trained, rows: AnswerRows(total: 2))
        #expect(
            try text("csv", answers) == """
                row,red,row_2,p_red,p_row
                0,1,0,0.6,0.8
                1,0,1,0.4,0.95

                """)
    }

    /// What the last layer gives are logits, of which the probabilities are told.
    @Test func logitsBecomeProbabilities() throws {
        let model = try Model(input: [2]) { Dense(2) }
        let trained = try ModelFixture.trained(
            model, loss: .sparseCategoricalCrossEntropy(fromLogits: true), classNames: nil)
        let answers = Answers([[0, 0, 1000, 0]], of: trained, rows: AnswerRows(total: 2))
        #expect(try text("csv", answers) == "row,class,p_0,p_1\n0,0,0.5,0.5\n1,0,1.0,0.0\n")
    }

    @Test func numbersByTheirNames() throws {
        let model = try Model(input: [2]) { Dense(2) }
        var trained = try ModelFixture.trained(model, loss: MeanSquaredError())
        let values: [[Float]] = [[1.5, -1e-20, .infinity, 16_777_216]]
        let answers = Answers(values, of: trained, rows: AnswerRows(total: 2))
        #expect(try text("csv", answers) == "row,prediction_0,prediction_1\n0,1.5,-1e-20\n1,inf,16777216.0\n")
        trained.columnLists["target_names"] = ["price", "age"]
        let named = Answers(values, of: trained, rows: AnswerRows(total: 2), truths: [[1, 2, 3, 4]])
        #expect(try text("csv", named).hasPrefix("row,true_price,true_age,price,age\n0,1.0,2.0,1.5,-1e-20\n"))
        #expect(try text("json", named).contains(#""price": null"#))
        trained.columnLists["target_names"] = nil
        let bare = Answers(values, of: trained, rows: AnswerRows(total: 2), truths: [[1, 2, 3, 4]])
        #expect(bare.columns == ["row", "true_0", "true_1", "prediction_0", "prediction_1"])
        let directory = try TestDirectory()
        try HDF5Answers().write(AnswerStream(answers), to: directory.file("out.h5"))
        let file = try HDF5File.open(directory.file("out.h5"))
        #expect(try file.dataset("predictions").attributes.names == [])
        try HDF5Answers().write(AnswerStream(named), to: directory.file("out.h5"))
        let again = try HDF5File.open(directory.file("out.h5")).dataset("predictions")
        #expect(try again.attributes.strings("column_names") == ["price", "age"])
    }

    /// A class for each position of a sample has a line each.
    @Test func positions() throws {
        let model = try Model(input: [2, 3]) { Dense(2, activation: .softmax) }
        let answers = Answers(
            [[0, 1, 1, 0, 1, 0, 0, 1]], of: try ModelFixture.trained(model), rows: AnswerRows(total: 2), top: 1)
        #expect(
            try text("csv", answers) == "row,position,class,p\n0,0,1,1.0\n0,1,0,1.0\n1,0,0,1.0\n1,1,1,1.0\n")
    }

    /// Row by row or all at once.
    @Test func piecesMakeTheSameFile() throws {
        let directory = try TestDirectory()
        let model = try classes()
        let rows = AnswerRows(total: 5, selected: [0, 2, 4])
        let pieces = AnswerStream(of: model, rows: rows) { take in
            for row in 0..<3 { try take(PredictedRows(count: 1, values: [Array(Self.three[row * 3..<row * 3 + 3])])) }
        }
        let whole = AnswerStream(Answers([Self.three], of: model, rows: rows))
        #expect(pieces.columns == whole.columns && pieces.lines == 3)
        for format in AnswerFormats.all where format.name != "h5" {
            let paths = ["a", "b"].map { directory.file($0 + format.endings[0]) }
            try format.write(pieces, to: paths[0])
            try format.write(whole, to: paths[1])
            #expect(
                try Data(contentsOf: URL(fileURLWithPath: paths[0])) == Data(contentsOf: URL(fileURLWithPath: paths[1]))
            )
        }
        try HDF5Answers().write(pieces, to: directory.file("out.h5"))
        let file = try HDF5File.open(directory.file("out.h5"))
        #expect(try file.dataset("/predictions").read(Float.self).map(\.bitPattern) == Self.three.map(\.bitPattern))
        #expect(try file.dataset("/rows").read(Int64.self) == [0, 2, 4])
        #expect(try file.dataset("/labels").shape == [3])
    }

    @Test func theBytesOfAnArray() throws {
        let answers = Answers([[0.5, 0.25, 0.25]], of: try classes(), rows: AnswerRows(total: 1))
        let bytes = try bytes("npy", answers)
        let header = "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 3), }"
        #expect(Array(bytes.prefix(10)) == [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59, 1, 0, 118, 0])
        #expect(
            String(decoding: bytes[10..<128], as: UTF8.self) == header.padding(
                toLength: 117, withPad: " ", startingAt: 0) + "\n")
        #expect(Array(bytes[128...]) == [0, 0, 0, 0x3F, 0, 0, 0x80, 0x3E, 0, 0, 0x80, 0x3E])
        #expect(String(decoding: NPYAnswers.header([7]), as: UTF8.self).contains("'shape': (7,), }"))
    }

    /// What pandas, NumPy and h5py read is what was written, to the bit.
    @Test(.enabled(if: Python.newest != nil)) func otherProgramsReadThem() throws {
        let python = try #require(Python.newest)
        let directory = try TestDirectory()
        let names = ["a", "b, \"c\"", "d"]
        let values = (0..<300).map { Float(bitPattern: 0x3E00_0000 &+ UInt32($0) &* 104_729) }
        let answers = Answers([values], of: try classes(names: names), rows: AnswerRows(total: 100))
        for format in AnswerFormats.all {
            try format.write(AnswerStream(answers), to: directory.file("out" + format.endings[0]))
        }
        let script = """
            import json, sys
            import h5py, numpy as np, pandas as pd
            stem = sys.argv[1]
            array = np.load(stem + ".npy")
            assert array.dtype == np.float32 and array.shape == (100, 3), (array.dtype, array.shape)
            with h5py.File(stem + ".h5") as file:
                assert (file["predictions"][:] == array).all()
                names = [n.decode() if isinstance(n, bytes) else str(n) for n in file["labels"].attrs["class_names"]]
                labels = [names[label] for label in file["labels"][:]]
            columns = ["p_" + name for name in names]
            for table in [pd.read_csv(stem + ".csv"), pd.read_json(stem + ".json"), pd.read_json(stem + ".jsonl", lines=True)]:
                assert list(table.columns) == ["row", "class"] + columns, list(table.columns)
                assert list(table["class"]) == labels
                assert (table[columns].to_numpy().astype(np.float32) == array).all()
            assert json.load(open(stem + ".json"))[99]["row"] == 99
            """
        let path = try directory.write(script, to: "read.py")
        let output = try python.run([path, directory.file("out")], log: directory.file("log"))
        #expect(output.status == 0, "\(output.text)")
    }
}
