import Foundation
import HDF5
import Testing

/// What `predict` writes, to where, and what it says of what it can't write.
struct PredictAnswersTests {
    private let workspace: Workspace
    private static let model = "runs/three/model.h5"

    init() throws {
        workspace = try Workspace()
        try workspace.run("train", "config.json", "--quiet", "--set", "training.epochs=40")
    }

    private func predict(_ arguments: String...) throws -> Workspace.Result {
        try workspace.run(["predict", Self.model] + arguments)
    }

    /// A table in a pipe, as with `--output -` and in a file.
    @Test func answersGoWhereTheyAreWanted() throws {
        let piped = try predict("data.h5")
        #expect(piped.status == 0 && piped.errors == "", "\(piped.errors)")
        #expect(piped.lines.count == 13 && piped.lines[0] == "row,class,p_red,p_green,p_blue")
        #expect(
            piped.lines.dropFirst().map { $0.split(separator: ",")[1] }.prefix(4) == ["red", "green", "blue", "red"])
        #expect(try predict("--data", "data.h5", "--output", "-").output == piped.output)
        let written = try predict("data.h5", "--output", "out.csv")
        #expect(written.output == "out.csv: 12 predictions of 3 for /test/inputs in data.h5\n")
        #expect(try workspace.read("out.csv") == piped.output)
        #expect(try predict("data.h5", "--output", "out.txt", "--format", "csv").status == 0)
        #expect(try workspace.read("out.txt") == piped.output)
        #expect(try !workspace.listing().contains { $0.contains("partial") })

        let lines = try predict("data.h5", "--output", "-", "--format", "jsonl", "--top", "1").lines
        #expect(lines.count == 12 && lines[1].hasPrefix(#"{"row": 1, "class": "green", "p": 0.9"#), "\(lines[1])")
        for name in ["out.json", "out.npy", "out.H5"] {
            #expect(try predict("data.h5", "--output", name).status == 0)
        }
        let array = try Data(contentsOf: URL(fileURLWithPath: workspace.path + "/out.npy"))
        #expect(array.count == 128 + 12 * 3 * 4)
        let values = try HDF5File.open(workspace.path + "/out.H5").dataset("predictions").read(Float.self)
        #expect(array.suffix(12 * 3 * 4) == values.withUnsafeBytes { Data($0) })
    }

    /// Before the model is read, and leaving no file.
    @Test func whatCanNotBeWrittenIsToldFirst() throws {
        func expect(_ status: Int32, _ sentence: String, _ arguments: String...) throws {
            let before = try workspace.listing()
            let result = try workspace.run(["predict", "no-model.h5", "no-data.h5"] + arguments)
            #expect(result.status == status && result.errors == "stormo: \(sentence)\n", "\(result.errors)")
            #expect(try workspace.listing() == before)
        }
        try expect(
            64,
            "--output pred.xlsx: how it is to be written is told by the end of its name, .csv, .json, .jsonl, .npy and .h5, or "
                + "by --format", "--output", "pred.xlsx")
        try expect(
            64, "--format xml is not known; there are csv, json, jsonl, npy and h5", "--output", "pred.xml", "--format",
            "xml")
        try expect(
            64,
            "--format h5 can't go to the standard output, since such a file is not written from its beginning to its end; name "
                + "a file by --output", "--format", "h5")
        try expect(
            1, "far/out.csv can't be written: there is no directory far; make it first", "--output", "far/out.csv")
        try expect(1, "runs can't be written: it is a directory; name a file", "--output", "runs")
    }

    @Test func optionsThatDoNotFit() throws {
        func expect(_ sentence: String, _ arguments: String...) throws {
            let result = try workspace.run(["predict", Self.model] + arguments)
            #expect(result.status == 64 && result.errors == "stormo: \(sentence)\n", "\(result.errors)")
        }
        try expect("--top 4 is more than the 3 classes that there are", "data.h5", "--top", "4")
        try expect(
            "--top is for tables, csv, json and jsonl, and .npy holds what the model gives; leave it out", "data.h5",
            "--top",
            "2", "--output", "out.npy")
        try expect(
            "--data data.h5 stands beside other.h5; give all files without --data", "other.h5", "--data", "data.h5")
        try expect(
            "there is nothing to predict for; give a file, as in stormo predict runs/three/model.h5 new.csv, or a row by --row"
        )
        try expect("--row stands beside data.h5; give one of the two", "data.h5", "--row", "[1]")
        try expect("--group is for files, and --row is none; leave it out", "--row", "[1]", "--group", "/test")
        try expect(
            "--encoding is for tables (.csv, .tsv), and data.h5 is read as HDF5; leave it out", "data.h5", "--encoding",
            "latin-1")
    }

    @Test func targetsStandBeside() throws {
        let result = try predict(
            "data.h5", "--inputs", "/validation/inputs", "--targets", "/validation/targets", "--top", "1")
        #expect(result.lines.count == 16 && result.lines[0] == "row,true,class,p", "\(result.errors)")
        #expect(result.lines.dropFirst().allSatisfy { $0.split(separator: ",")[1] == $0.split(separator: ",")[2] })
    }

    /// Several files are one table, each row by its file.
    @Test func severalFiles() throws {
        try FileManager.default.copyItem(atPath: workspace.path + "/data.h5", toPath: workspace.path + "/more.h5")
        let result = try predict("data.h5", "more.h5", "--top", "1")
        #expect(result.lines.count == 25 && result.lines[0] == "file,row,class,p", "\(result.errors)")
        #expect(result.lines[13].hasPrefix("more.h5,0,red,"))
    }

    @Test func aRowOfNumbers() throws {
        let result = try predict("--row", "[0.1, 2.2, 0.3, 0.1]")
        #expect(result.status == 0 && result.lines.count == 2, "\(result.errors)")
        #expect(result.lines[1].hasPrefix("0,green,"))
        func sentence(_ row: String) throws -> String { try predict("--row", row).errors }
        #expect(try sentence("[1, 2]") == "stormo: --row has 2 numbers, but the model takes 4\n")
        #expect(try sentence("[1, 2, 3, \"x\"]") == "stormo: --row must hold numbers, but has \"x\"\n")
        #expect(
            try sentence("7")
                == "stormo: --row must be a JSON object or a list, as '{\"age\": 41, \"job\": \"fixed\"}' or '[5.1, 3.5]', but is "
                + "7\n")
        #expect(try sentence("{oops").hasPrefix("stormo: --row is not JSON: "))
        #expect(
            try sentence("{\"a\": 1}")
                == "stormo: --row names columns, but the model knows no names of its 4 inputs; give a list of 4 numbers\n"
        )
    }
}
