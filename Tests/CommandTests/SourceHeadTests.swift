import Foundation
import Testing

/// Rows of tables and images of folders, looked up by the numbers that answers have.
struct SourceHeadTests {
    @Test func rowsOfATable() throws {
        let workspace = try Workspace()
        let rows = (0..<30).map { "\($0),\($0 % 3 == 0 ? "red" : "blue, or green"),\($0 * 2)\n" }
        try workspace.write(
            "x,colour,y\n"
                + rows.map { $0.replacingOccurrences(of: "blue, or green", with: "\"blue, or green\"") }.joined(),
            to: "t.csv")
        let first = try workspace.run("data", "head", "t.csv", "-n", "2")
        #expect(first.status == 0, "\(first.errors)")
        #expect(
            first.lines == [
                "t.csv: a table of 3 columns", "row  line  x  colour          y", "  0     2  0  red             0",
                "  1     3  1  blue, or green  2",
            ])
        // In the order in which they are asked for, as evaluate lists them.
        let named = try workspace.run("data", "head", "t.csv", "--rows", "29,3-4")
        #expect(
            named.lines.dropFirst(2).map { $0.split(separator: " ").prefix(3).joined(separator: " ") } == [
                "29 31 29", "3 5 3", "4 6 4",
            ])
        try workspace.expectFailure(
            65, "t.csv has 30 rows, so there is no row 30; they are counted from 0", "data", "head", "t.csv", "--rows",
            "30")
        try workspace.expectFailure(
            64, "'/x' is for HDF5 files, which have datasets, and t.csv is none; leave it out", "data", "head", "t.csv",
            "/x")
        try workspace.expectFailure(
            64, "--delimiter is for tables (.csv, .tsv), and data.h5 is read as HDF5; leave it out", "data", "head",
            "data.h5",
            "--delimiter", ";")
        let other = try workspace.run("data", "head", "t.csv", "-n", "1", "--delimiter", ";", "--no-header")
        #expect(other.lines.last == "  0     1  x,colour,y", "\(other.output)")
    }

    /// What evaluate calls a row is that row.
    @Test func mistakesAreLookedUp() throws {
        let workspace = try Workspace()
        let rows = (0..<60).map { "\($0 % 7),\($0 % 7 > 3 || $0 == 43 ? "high" : "low")\n" }
        try workspace.write("x,level\n" + rows.joined(), to: "t.csv")
        try workspace.write(
            #"{"name": "t", "data": {"train": {"file": "t.csv", "targets": "level"}, "normalize": "standardize"}, "#
                + #""model": {"layers": [{"type": "dense", "units": 8, "activation": "tanh"}, {"type": "dense", "units": 2, "#
                + #""activation": "softmax"}]}, "loss": "sparse_categorical_crossentropy", "metrics": ["accuracy"], "#
                + #""optimizer": {"type": "adam", "learning_rate": 0.05}, "training": {"epochs": 40, "batch_size": 10}}"#,
            to: "t.json")
        #expect(try workspace.run("train", "t.json", "--quiet").status == 0)
        let mistakes = try workspace.run("evaluate", "runs/t/model.h5", "--data", "t.csv", "--errors", "1")
        #expect(mistakes.lines.last?.hasPrefix(" 43  high  low") == true, "\(mistakes.output)")
        let row = try workspace.run("data", "head", "t.csv", "--rows", "43")
        #expect(row.lines.last == " 43    45  1  high", "\(row.output)")
    }

    @Test func whatATableHolds() throws {
        let workspace = try Workspace()
        try workspace.write(
            "x,colour\n" + (0..<30).map { "\($0),\($0 % 3 == 0 ? "red" : "blue")\n" }.joined(), to: "t.csv")
        let quick = try workspace.run("inspect", "t.csv")
        #expect(quick.status == 0, "\(quick.errors)")
        #expect(quick.lines.first == "t.csv: a table of 2 columns, which begins")
        #expect(quick.lines.last == "what its columns hold: stormo data inspect t.csv")
        let whole = try workspace.run("data", "inspect", "t.csv")
        #expect(whole.status == 0, "\(whole.errors)")
        #expect(whole.lines.first == "t.csv: a table of 30 rows and 2 columns")
        #expect(whole.output.contains("blue") && whole.output.contains("category"), "\(whole.output)")
        try workspace.expectFailure(
            64, "--json is for HDF5 files, and t.csv is none; leave it out", "data", "inspect", "t.csv", "--json",
            "x.json")
    }

    /// Tokens are written as what they stand for.
    @Test func tokensOfAText() throws {
        let workspace = try Workspace()
        try workspace.write("to be or not to be\n" + String(repeating: "be to\n", count: 9), to: "a.txt")
        for (kind, first) in [("words", "to be or not"), ("characters", "to b")] {
            #expect(
                try workspace.run(
                    "data", "convert", "a.txt", "--tokens", kind, "--window", "4", "--output", "\(kind).h5"
                ).status == 0)
            let head = try workspace.run("data", "head", "\(kind).h5", "-n", "1")
            #expect(head.lines.dropFirst() == ["row  text", "  0  \(first)"], "\(head.output)\(head.errors)")
            let targets = try workspace.run("data", "head", "\(kind).h5", "/train/targets", "-n", "1")
            #expect(
                targets.lines.last == (kind == "words" ? "  0  be or not to" : "  0  o be"), "\(targets.output)")
            let numbers = try workspace.run("data", "head", "\(kind).h5", "--numbers", "-n", "1")
            #expect(numbers.lines.dropFirst().first?.hasPrefix("row  0  1") == true, "\(numbers.output)")
        }
        let lines = try workspace.run("data", "head", "characters.h5", "-n", "9")
        #expect(lines.output.contains("\\n"), "\(lines.output)")
    }

    @Test func imagesOfAFolder() throws {
        let images = try ImageWorkspace(20)
        let workspace = images.workspace
        let list = try workspace.run("data", "head", "digits", "--numbers", "-n", "2")
        #expect(list.status == 0, "\(list.errors)")
        #expect(list.lines[0] == "digits: 20 images of 10 classes")
        #expect(list.lines[2].contains("eight/") && list.lines[2].hasSuffix("  eight"), "\(list.output)")
        let zeros = try workspace.run("data", "head", "digits", "zero", "--numbers")
        #expect(zeros.lines.count > 2 && zeros.lines.dropFirst(2).allSatisfy { $0.hasSuffix("  zero") }, "\(zeros.output)")
        try workspace.expectFailure(
            65, "digits: unknown class 'zeroo'; did you mean 'zero'?", "data", "head", "digits", "zeroo")
        try workspace.expectFailure(
            64, "'zero' names a class and --rows rows of any; leave out one of the two", "data", "head", "digits", "zero",
            "--rows", "3")
        let drawn = try workspace.run("data", "head", "digits", "--rows", "3")
        #expect(drawn.lines.contains { $0.hasPrefix("3: ") && $0.hasSuffix(".png") }, "\(drawn.output)")
        let one = try workspace.run("data", "head", "digits/\(images.name(0))/0.png")
        #expect(
            one.status == 0 && one.lines[0] == "digits/\(images.name(0))/0.png: 1 image", "\(one.output)\(one.errors)")
        for command in [["inspect"], ["data", "inspect"]] {
            let seen = try workspace.run(command + ["digits"])
            #expect(seen.status == 0, "\(seen.errors)")
            #expect(seen.lines[0] == "digits: a folder of 20 images")
            #expect(seen.output.contains("all have 8×8 pixels; all are grey"), "\(seen.output)")
        }
        try workspace.expectFailure(
            65, "digits has 20 images, so there is no image 20; they are counted from 0", "data", "head", "digits",
            "--rows",
            "20")
    }
}
