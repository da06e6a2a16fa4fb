import Foundation
import HDF5
import Testing

struct DataCommandTests {
    @Test func inspectsADataset() throws {
        let workspace = try Workspace()
        let result = try workspace.run("data", "inspect", "data.h5", "/validation", environment: ["LC_ALL": "C"])
        #expect(result.status == 0)
        #expect(
            result.lines.prefix(5) == [
                "data.h5: HDF5 file with 2 datasets",
                "",
                "dataset              shape  type     chunks      on disk  in memory",
                "/validation/inputs   15×4   float32  contiguous    240 B      240 B",
                "/validation/targets  15     int32    contiguous     60 B       60 B",
            ])
        #expect(result.lines.contains("  feature  minimum  maximum     mean  deviation"))
        #expect(
            result.lines.suffix(6) == [
                "  minimum 0, maximum 2, mean 1, deviation 0.8165",
                "  no NaN, nothing infinite",
                "  label    rows  share",
                "  0 red       5  33.3%  ########################################",
                "  1 green     5  33.3%  ########################################",
                "  2 blue      5  33.3%  ########################################",
            ])
    }

    /// Amounts have no histogram, and a column has its name.
    @Test func numbersAreToldFromClasses() throws {
        let workspace = try Workspace()
        let rows = (0..<60).map { "\($0 % 7).5,\(100 + $0 * 7 % 50),\($0 % 3 + 1)\n" }.joined()
        try workspace.write("x,price,grade\n" + rows, to: "t.csv")
        for (target, column) in [("price", "grade"), ("grade", "price")] {
            let made = try workspace.run(
                "data", "convert", "t.csv", "--target", target, "--drop", column, "--output", "\(target).h5")
            #expect(made.status == 0, "\(made.errors)")
        }
        let amounts = try workspace.run("data", "inspect", "price.h5", "/train/targets")
        #expect(amounts.lines.contains("  column price"), "\(amounts.output)")
        #expect(amounts.lines.contains("  numbers, no classes: 50 different whole values in 60 rows"))
        #expect(!amounts.output.contains("share"))
        let classes = try workspace.run("data", "inspect", "grade.h5", "/train/targets")
        #expect(classes.lines.contains("  column grade") && classes.output.contains("share"), "\(classes.output)")
        try workspace.run("data", "inspect", "price.h5", "--json", "p.json")
        #expect(try workspace.read("p.json").contains(#""classes": false"#))
    }

    /// Before all values are read.
    @Test func aPathForItsFindingsThatCantBeWrittenIsFoundFirst() throws {
        let workspace = try Workspace()
        try workspace.expectFailure(
            1, "nowhere/found.json can't be written: there is no directory nowhere; make it first", "data", "inspect",
            "data.h5", "--json", "nowhere/found.json")
        try workspace.expectFailure(
            64, "--json data.h5 would replace data.h5, which is read; name another file", "data", "inspect", "data.h5",
            "--json", "data.h5")
    }

    @Test func writesItsFindings() throws {
        let workspace = try Workspace()
        try workspace.run("data", "inspect", "data.h5", "--json", "found.json")
        let parsed = try JSONSerialization.jsonObject(with: Data(workspace.read("found.json").utf8))
        let datasets = try #require((parsed as? [String: Any])?["datasets"] as? [[String: Any]])
        #expect(datasets.count == 6)
        let targets = try #require(datasets.first { $0["path"] as? String == "/test/targets" })
        let labels = try #require(targets["labels"] as? [[String: Any]])
        #expect(labels.map { $0["name"] as? String } == ["red", "green", "blue"])
        #expect(labels.map { $0["count"] as? Int } == [4, 4, 4])
    }

    @Test func warnsOfRowsInTwoSplits() throws {
        let workspace = try Workspace { rows in
            let row = Array(rows.inputs["train"]?[8..<12] ?? [])
            rows.inputs["test"]?.replaceSubrange(0..<4, with: row)
        }
        let result = try workspace.run("data", "inspect", "data.h5")
        #expect(
            result.lines.contains {
                $0.hasPrefix("  ! ") && $0.contains("of /test/inputs") && $0.contains("also in /train/inputs")
            })
    }

    @Test func printsTheFirstRows() throws {
        let result = try Workspace().run("data", "head", "data.h5", "-n", "2")
        #expect(
            result.lines == [
                "data.h5: /train/inputs, 48 rows of 4 float32",
                "row     0     1    2     3  label",
                "  0     2  0.15  0.3  0.45  red",
                "  1  0.35   2.5  0.1  0.25  green",
            ])
    }

    @Test func printsRowsByTheirNumbers() throws {
        let workspace = try Workspace()
        #expect(
            try workspace.run("data", "head", "data.h5", "--rows", "1,46-47,0").lines == [
                "data.h5: /train/inputs, 48 rows of 4 float32",
                "row     0     1     2     3  label",
                "  1  0.35   2.5   0.1  0.25  green",
                " 46  0.15   2.3  0.45  0.05  green",
                " 47   0.5   0.1  2.25   0.4  blue",
                "  0     2  0.15   0.3  0.45  red",
            ])
        try workspace.expectFailure(
            65, "data.h5: /train/inputs has 48 rows, so there is no row 2914; they are counted from 0", "data", "head",
            "data.h5", "--rows", "2914,3000-3010")
        for list in ["", "a", "3-1", "-1", "1,,2", "0-200000"] {
            let result = try workspace.run("data", "head", "data.h5", "--rows", list)
            #expect(result.status == 64, "\(list)")
        }
        let both = try workspace.run("data", "head", "data.h5", "--rows", "1", "-n", "2")
        #expect(both.errors.hasPrefix("stormo: -n and --rows both say which rows are shown; leave one out"))
    }

    @Test func drawsImages() throws {
        let workspace = try Workspace()
        try workspace.run(
            "data", "synthesize", "images", "--output", "images.h5", "--samples", "20", "--shape", "8x8x1", "--noise",
            "0")
        let result = try workspace.run("data", "head", "images.h5", "-n", "3")
        #expect(result.status == 0)
        #expect(result.lines.count == 11)
        #expect(result.lines[9].hasPrefix("0: images-"))
        #expect(result.lines[1...8].allSatisfy { $0.allSatisfy { " .:-=+*#%@".contains($0) } })
        #expect(result.lines[1...8].contains { $0.contains("@") || $0.contains("%") || $0.contains("#") })
        let numbers = try workspace.run("data", "head", "images.h5", "-n", "3", "--numbers")
        #expect(numbers.lines.count == 5)
        #expect(numbers.lines[1].hasPrefix("row    0"))
    }

    @Test func rechunks() throws {
        let workspace = try Workspace()
        let result = try workspace.run(
            "data", "rechunk", "data.h5", "--output", "data.h5", "--rows", "5", "--gzip", "none", "--verify")
        #expect(result.status == 0)
        #expect(result.lines.last == "wrote data.h5, verified")
        #expect(result.lines.contains("/train/inputs        contiguous     5×4             768 B  800 B"))
        let file = try HDF5File.open(workspace.path + "/data.h5")
        #expect(try file.dataset("/train/inputs").layout == .chunked([5, 4]))
        #expect(try file.dataset("/train/targets").read(Int32.self) == (0..<48).map { Int32($0 % 3) })
    }

    @Test func splits() throws {
        let workspace = try Workspace()
        let result = try workspace.run(
            "data", "split", "data.h5", "--output", "out.h5", "--inputs", "/train/inputs", "--fractions",
            "fit=0.75,check=0.25", "--stratify")
        #expect(result.status == 0)
        #expect(
            result.lines == [
                "wrote out.h5: /train/inputs with /train/targets",
                "  split  rows",
                "  fit      36",
                "  check    12",
                "copied as they are: /test/inputs, /test/targets, /validation/inputs, /validation/targets",
            ])
        let labels = try HDF5File.open(workspace.path + "/out.h5").dataset("/check/targets").read(Int32.self)
        #expect(labels.sorted() == (0..<12).map { Int32($0 / 4) })
    }

    @Test func synthesizesWhatItsOwnConfigTrains() throws {
        let workspace = try Workspace()
        let result = try workspace.run(
            "data", "synthesize", "blobs", "--output", "blobs.h5", "--samples", "500", "--seed", "4")
        #expect(result.status == 0)
        #expect(
            result.lines[0].hasPrefix("wrote blobs.h5: 400 train, 50 validation, 50 test rows of 2 float32, 3 classes"))
        let start = try #require(result.lines.firstIndex(of: "\"data\": {"))
        try workspace.write(
            "{\n" + result.lines[start...].joined(separator: "\n")
                + ",\n\"optimizer\": {\"type\": \"adam\", \"learning_rate\": 0.01},\n"
                + "\"training\": {\"epochs\": 1, \"batch_size\": 50}\n}\n", to: "blobs.json")
        #expect(try workspace.run("train", "blobs.json").status == 0)
    }

    @Test func refusesBadArguments() throws {
        let workspace = try Workspace()
        try workspace.expectFailure(
            64, "there are 2 moons, not 3 classes", "data", "synthesize", "moons", "--output", "x.h5", "--classes", "3")
        try workspace.expectFailure(
            65,
            "data.h5 has several datasets called inputs; name one of /test/inputs, /train/inputs, /validation/inputs "
                + "with --inputs", "data", "split", "data.h5", "--output", "x.h5", "--fractions", "a=0.5,b=0.5")
        try workspace.expectFailure(
            65, "cannot open gone.h5: there is no such file", "data", "inspect", "gone.h5")
        try workspace.expectFailure(
            1, "gone/x.h5 can't be written: there is no directory gone; make it first", "data", "rechunk", "data.h5",
            "--output", "gone/x.h5")
        for (sentence, arguments) in [
            (
                "The value 'a=0.5' is invalid for '--fractions <name=share,…>': the fractions add up to 0.5, not to 1",
                ["data", "split", "data.h5", "--output", "x.h5", "--fractions", "a=0.5"]
            ),
            (
                "The value '8x0' is invalid for '--shape <HxWxC>': '8x0' is no shape such as 28x28x1",
                ["data", "synthesize", "images", "--output", "x.h5", "--shape", "8x0"]
            ),
            (
                "The value '10' is invalid for '--gzip <level>'",
                ["data", "rechunk", "data.h5", "--output", "x.h5", "--gzip", "10"]
            ),
            ("-n must be 1 to 100000, but is 0", ["data", "head", "data.h5", "-n", "0"]),
        ] {
            let process = try workspace.process(arguments, [:])
            let errors = Pipe()
            process.standardError = errors
            try process.run()
            let text = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            process.waitUntilExit()
            #expect(process.terminationStatus == 64)
            #expect(text.hasPrefix("stormo: \(sentence)\n"), "\(text)")
        }
        #expect(try workspace.listing() == ["config.json", "data.h5"])
    }
}
