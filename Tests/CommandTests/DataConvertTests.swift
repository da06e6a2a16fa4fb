import Foundation
import HDF5
import Testing

/// `stormo data convert` from end to end.
struct DataConvertTests {
    /// The workspace's rows as a table: three classes, four features.
    private func table(_ rows: Int) -> String {
        let all = Workspace.Rows()
        guard let inputs = all.inputs["train"], let targets = all.targets["train"] else { return "" }
        let lines = (0..<rows).map { row in
            inputs[row % 48 * 4..<row % 48 * 4 + 4].map { "\($0)" }.joined(separator: ",")
                + ",\(["ash", "birch", "cedar"][Int(targets[row % 48])])\n"
        }
        return "height,width,weight,age,tree\n" + lines.joined()
    }

    @Test func aTableIsConvertedAndTrainedOn() throws {
        let workspace = try Workspace()
        try workspace.write(table(48), to: "trees.csv")
        let result = try workspace.run("data", "convert", "trees.csv", "--output", "trees.h5")
        #expect(result.status == 0)
        #expect(result.errors == "")
        let lines = result.lines
        try #require(lines.count == 18)
        let first = #"^trees\.h5: 48 rows, [0-9.]+ KiB, in [0-9.]+ s \([0-9.]+k? rows/s\)$"#
        #expect(lines[0].range(of: first, options: .regularExpression) != nil, "\(lines[0])")
        #expect(
            lines[1...].map {
                $0.replacingOccurrences(of: "[-0-9.e]+ to [-0-9.e]+$", with: "RANGE", options: .regularExpression)
            } == [
                "dataset         shape  type     classes",
                "/train/inputs   48×4   float32",
                "/train/targets  48     int32    ash, birch, cedar",
                "",
                "columns of /train/inputs",
                "column  kind    values",
                "height  number  RANGE",
                "width   number  RANGE",
                "weight  number  RANGE",
                "age     number  RANGE",
                "",
                "columns of /train/targets",
                "column  kind      values",
                "tree    category  ash, birch, cedar",
                "note: the first line names the columns (--no-header if it is data)",
                "note: the target is 'tree', the last column (--target names another)",
                #"in a config: "data": {"train": {"file": "trees.h5"}}"#,
            ])
        #expect(!result.output.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" })
        #expect(try workspace.listing() == ["config.json", "data.h5", "trees.csv", "trees.h5"])
        let train = try workspace.run(
            "train", "config.json", "--set", #"data={"train": {"file": "trees.h5"}}"#, "--set", "training.epochs=1")
        #expect(train.status == 0, "\(train.errors)")
        #expect(train.lines.first == "three: 48 samples of 4 from trees.h5")
        #expect(train.lines.filter { $0.hasPrefix("epoch") }.count == 1)
    }

    @Test func optionsReachTheConverters() throws {
        let workspace = try Workspace()
        try workspace.write(table(48), to: "trees.dat")
        let result = try workspace.run(
            "data", "convert", "trees.dat", "--format", "csv", "--target", "age", "--drop", "tree", "--group", "/all",
            "--gzip", "0", "--chunk-rows", "7", "-o", "trees.h5")
        #expect(result.status == 0, "\(result.errors)")
        #expect(
            result.lines.last
                == #"in a config: "data": {"train": {"file": "trees.h5", "inputs": "/all/inputs", "targets": "/all/targets"}}"#
        )
        let inputs = try HDF5File.open(workspace.path + "/trees.h5").dataset("/all/inputs")
        #expect(inputs.layout == .chunked([7, 3]))
        #expect(inputs.filters == [])
        try workspace.write(String(repeating: "to be or not to be ", count: 20), to: "a.txt")
        let text = try workspace.run(
            "data", "convert", "a.txt", "--tokens", "words", "--window", "8", "--stride", "4", "--vocabulary-size", "3",
            "--output", "a.h5")
        #expect(text.status == 0, "\(text.errors)")
        let tokens = try HDF5File.open(workspace.path + "/a.h5").dataset("/train/inputs")
        #expect(try tokens.attributes.strings("vocabulary") == ["<unknown>", "be", "to"])
    }

    @Test func badSourcesAreOneSentence() throws {
        let workspace = try Workspace()
        try workspace.write("a,b\n1,2\n3\n", to: "a.csv")
        try workspace.expectFailure(
            65,
            "a.csv, line 3: 2 fields are expected, as in the first line, but there is 1 (separated by ','); repair that "
                + "line, or give the right --delimiter", "data", "convert", "a.csv", "--output", "a.h5")
        try workspace.write("a,b\n1,2\n", to: "b.csv")
        try workspace.expectFailure(
            64, "--output ./b.csv would replace b.csv, which is read; name another file", "data", "convert", "b.csv",
            "--output", "./b.csv")
        try workspace.expectFailure(
            64, "tables are converted one at a time; 2 were given", "data", "convert", "b.csv", "a.csv", "--output",
            "a.h5")
        try workspace.expectFailure(
            65, "cannot open none.csv: there is no such file", "data", "convert", "none.csv", "--output", "a.h5")
        try workspace.expectFailure(
            1, "gone/a.h5 can't be written: there is no directory gone; make it first", "data", "convert", "b.csv",
            "--output", "gone/a.h5")
    }

    @Test func wrongOptionsAreUsage() throws {
        let workspace = try Workspace()
        for (arguments, sentence) in [
            (["--gzip", "10"], "--gzip 10: the level goes from 0 to 9"),
            (["--chunk-rows", "0"], "--chunk-rows 0: a chunk has at least one row"),
            (["--delimiter", "ab"], "--delimiter 'ab': give one ASCII character, or 'tab'"),
            (["--window", "0"], "--window 0: it has 1 to 1048576 tokens"),
            (["--target", "a", "--no-targets"], "--target and --no-targets contradict each other"),
            (["--targets", "a", "--no-targets"], "--targets and --no-targets contradict each other"),
            (["--size", "0x3"], "The value '0x3' is invalid for '--size <HxW>'"),
        ] {
            let process = try workspace.process(["data", "convert", "a.csv", "--output", "a.h5"] + arguments, [:])
            let errors = Pipe()
            process.standardError = errors
            try Workspace.finish(process)
            try errors.fileHandleForWriting.close()
            let text = try String(decoding: errors.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
            #expect(process.terminationStatus == 64)
            #expect(text.hasPrefix("stormo: \(sentence)"), "\(text)")
        }
    }

    /// Options that the format at hand does not know are refused, whatever that format is.
    @Test(arguments: [
        ("photos", ["--decimal-comma"], "--decimal-comma is for tables, and photos is read as images"),
        ("photos", ["--missing", "refuse"], "--missing is for tables, and photos is read as images"),
        ("photos", ["--no-header"], "--no-header is for tables, and photos is read as images"),
        ("photos", ["--no-targets"], "--no-targets is for tables, IDX files and arrays, and photos is read as images"),
        ("a.csv", ["--add-channel"], "--add-channel is for NumPy's arrays, and a.csv is read as csv"),
        (
            "a.csv", ["--inputs", "x"],
            "--inputs is for NPZ archives, whose arrays have names, and a.csv is read as csv"
        ),
        ("a.csv", ["--window", "128"], "--window is for texts, and a.csv is read as csv"),
        ("a.csv", ["--lowercase"], "--lowercase is for texts, and a.csv is read as csv"),
        ("a.csv", ["--grayscale"], "--grayscale is for images, and a.csv is read as csv"),
        ("a.txt", ["--target", "a"], "--target is for tables, and a.txt is read as text"),
        ("a.txt", ["--no-targets"], "--no-targets is for tables, IDX files and arrays, and a.txt is read as text"),
        (
            "a.txt", ["--tokens", "bytes", "--vocabulary-size", "9"],
            "--vocabulary-size is for texts cut into characters or words, and a.txt is read as bytes"
        ),
        (
            "a.npy", ["--targets", "y"],
            "--targets is for NPZ archives, whose arrays have names, and a.npy is read as npy"
        ),
        (
            "a.npy", ["--encoding", "latin-1"],
            "--encoding is for tables and for texts cut into characters or words, and a.npy is read as npy"
        ),
    ])
    func optionsOfOtherFormatsAreRefused(source: String, options: [String], sentence: String) throws {
        let workspace = try Workspace()
        try FileManager.default.createDirectory(
            atPath: workspace.path + "/photos/cats", withIntermediateDirectories: true)
        try workspace.write("a,b\n1,2\n", to: "a.csv")
        try workspace.write("to be or not to be", to: "a.txt")
        try Data([0x93] + Array("NUMPY".utf8) + [1, 0, 0, 0]).write(
            to: URL(fileURLWithPath: workspace.path + "/a.npy"))
        let result = try workspace.run(["data", "convert", source, "--output", "a.h5"] + options)
        #expect(result.status == 64)
        #expect(result.errors == "stormo: \(sentence); leave it out, or say by --format what the source is\n")
    }

    /// Under a limit that the shell sets, as a disk that fills up: a sentence, and the old file as it was.
    @Test func aFullDiskLeavesTheOldFile() throws {
        let workspace = try Workspace()
        try workspace.write(table(20_000), to: "trees.csv")
        try workspace.write("old", to: "trees.h5")
        let before = try workspace.listing()
        let stormo = try #require(Workspace.executable).path
        let process = try workspace.process([], [:])
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = [
            "-c", "ulimit -f 16; exec \"$0\" data convert trees.csv --output trees.h5 --gzip 0", stormo,
        ]
        let errors = Pipe()
        process.standardError = errors
        try Workspace.finish(process)
        try errors.fileHandleForWriting.close()
        let text = try String(decoding: errors.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        #expect(process.terminationStatus == 1)
        #expect(text == "stormo: trees.h5 can't be written: File too large\n")
        #expect(try workspace.read("trees.h5") == "old")
        #expect(try workspace.listing() == before)
    }

    @Test func decisionsStandInATable() throws {
        let workspace = try Workspace()
        let rows = (0..<12).map { row in
            let fields = [
                "\(row)", "\(row * 3 % 7).5 kg", row % 5 == 0 ? "" : row % 2 == 0 ? "yes" : "no",
                row == 3 ? "" : "2024-03-\(row + 10)", row % 3 == 0 ? "" : ["ash", "birch"][row % 2], "0x\(row % 3)",
                "",
                "\(row % 2)",
            ]
            return fields.joined(separator: ",") + "\n"
        }
        try workspace.write(
            "id,a weight with a very long name,yes or no,day,tree,code,note,t\n" + rows.joined(), to: "a.csv")
        let result = try workspace.run(
            "data", "convert", "a.csv", "--missing", "median", "--missing", "category=category", "--missing",
            "day=2024-03-01", "--output", "a.h5")
        #expect(result.status == 0, "\(result.errors)")
        let start = try #require(result.lines.firstIndex(of: "columns of /train/inputs"))
        let end = try #require(result.lines.firstIndex { $0.hasPrefix("warning: ") })
        #expect(
            Array(result.lines[(start + 1)..<end]) == [
                "column                  kind        missing  becomes     values",
                "a weight with a very    number, kg           median      0.5 to 6.5",
                "long name",
                "yes or no               boolean           3  mode        no, yes",
                "day                     date              1  2024-03-01  2024-03-10 to",
                "                                                         2024-03-21",
                "tree                    category          4  category    ash, birch",
                "code                    category             category    0x0, 0x1, 0x2",
                "note                    empty            12  median",
                "! code: looks like numbers, but became codes",
                "- note: no row has a value",
                "",
                "columns of /train/targets",
                "column  kind    values",
                "t       number  0 to 1",
                "",
                "left out  kind",
                "id        identifier  consecutive integers, another one in each row",
            ])
        #expect(
            result.lines.first { $0.hasPrefix("warning: ") }
                == "warning: column 'code' looks like numbers ('0x0' in line 2), but is read as texts, whose codes say nothing "
                + "of their size; write plain numbers into the file; or leave it out by --drop code; or say --column code=category "
                + "if they are names")
        // What was decided stands in the file, too.
        let inspected = try workspace.run("inspect", "a.h5")
        #expect(
            inspected.lines.contains("day                     date              1  2024-03-01  2024-03-10 to"), "\(inspected.output)")
    }

    @Test func columnsAndPoliciesAreSaid() throws {
        let workspace = try Workspace()
        try workspace.write("zip,b,t\n10115,1,1\n80331,0,0\n10115,1,1\n", to: "a.csv")
        let result = try workspace.run(
            "data", "convert", "a.csv", "--column", "zip=category", "--column", "b=boolean", "--output", "a.h5")
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.lines.contains("zip     category  10115, 80331"))
        #expect(result.lines.contains("b       boolean   0, 1"))
        func error(_ options: String...) throws -> String? {
            let result = try workspace.run(["data", "convert", "a.csv", "--output", "b.h5"] + options)
            #expect(result.status == 64)
            return result.errors.split(separator: "\n").first.map(String.init)
        }
        #expect(
            try error("--column", "zip")
                == "stormo: --column zip: say what the column holds, as in --column zip=category")
        #expect(
            try error("--column", "zip=word")
                == "stormo: --column zip=word: 'word' is no kind of column; there are number, category, boolean, date, day-first, "
                + "month-first, time, identifier, drop, and category:12 for twelve features")
        for word in ["category:0", "category:", "category:x", "number:3", "category:2000000"] {
            #expect(try error("--column", "zip=\(word)")?.contains("'\(word)' is no kind of column") == true)
        }
        #expect(
            try error("--missing", "mean", "--missing", "median")
                == "stormo: --missing median: what is done in all columns is said already")
        #expect(
            try error("--missing", "number=mean", "--missing", "number=median")
                == "stormo: --missing number=median: what is done in columns of that kind is said already")
        #expect(
            try error("--missing", "zip=skip")
                == "stormo: --missing zip=skip: rows are left out for all columns alike; say --missing skip")
    }

    @Test func encodingsReachTheConverters() throws {
        let workspace = try Workspace()
        try Data(Array("name,t\nJ".utf8) + [0xFC] + Array("rg,1\nJ".utf8) + [0xF6] + Array("rg,2\n".utf8)).write(
            to: URL(fileURLWithPath: workspace.path + "/a.csv"))
        try workspace.expectFailure(
            65,
            "a.csv, line 2: 'J\\xFCrg' is not UTF-8; say --encoding latin-1 if the file is in the older encoding of Western "
                + "Europe, as Windows and Excel write it, or save it as UTF-8", "data", "convert", "a.csv", "-o", "a.h5"
        )
        #expect(try workspace.run("data", "convert", "a.csv", "-o", "a.h5", "--encoding", "latin-1").status == 0)
        let names = try HDF5File.open(workspace.path + "/a.h5").dataset("/train/inputs").attributes
        #expect(try names.strings("categories:name") == ["Jörg", "Jürg"])
        try workspace.expectFailure(
            64,
            "--encoding is for tables and for texts cut into characters or words, and a.csv is read as bytes; leave it out",
            "data", "convert", "a.csv", "-o", "b.h5", "--format", "text", "--tokens", "bytes", "--encoding", "utf-16")
    }

    @Test func aGroupGoesDownOnly() throws {
        let workspace = try Workspace()
        try workspace.write("a,t\n1,2\n", to: "a.csv")
        for group in ["../../x", "a/./b", ".."] {
            let result = try workspace.run("data", "convert", "a.csv", "-o", "a.h5", "--group", group)
            #expect(result.status == 64)
            #expect(
                result.errors.hasPrefix(
                    "stormo: --group \(group): a path in an HDF5 file goes down only, without '.' and '..'; name it as /a/b"
                ))
        }
        #expect(try workspace.run("data", "convert", "a.csv", "-o", "a.h5", "--group", "/a..b/c").status == 0)
    }

    @Test("What a killed conversion left is removed by the next one")
    func killedConversion() throws {
        let workspace = try Workspace()
        try workspace.write(table(200_000), to: "trees.csv")
        let command = try RunningCommand(workspace, "data", "convert", "trees.csv", "-o", "trees.h5", "--gzip", "9")
        func partials() -> [String] { ((try? workspace.listing()) ?? []).filter { $0.hasSuffix(".partial") } }
        try command.wait { !partials().isEmpty }
        command.send(SIGKILL)
        #expect(try command.finish().status == -SIGKILL)
        #expect(partials().count == 1)
        try workspace.write(table(48), to: "trees.csv")
        #expect(try workspace.run("data", "convert", "trees.csv", "-o", "trees.h5").status == 0)
        #expect(partials() == [])
    }
}
