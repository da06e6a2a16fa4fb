import Foundation
import HDF5
import Testing

/// From a table by way of an HDF5 file to a model and to new rows, with each wrong turn on the way.
struct ConvertedTableTests {
    private static let penguins = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../Datasets/penguins.csv")

    private static func config(_ units: Int, _ activation: String, _ loss: String, _ metric: String) -> String {
        """
        {"name": "birds", "seed": 1,
         "data": {"train": {"file": "old.h5"}, "validation": {"fraction": 0.15}, "normalize": "standardize"},
         "model": {"layers": [{"type": "dense", "units": 16, "activation": "relu"},
           {"type": "dense", "units": \(units), "activation": "\(activation)"}]},
         "loss": "\(loss)", "metrics": ["\(metric)"], "optimizer": {"type": "adam", "learning_rate": 0.01},
         "training": {"epochs": 60, "batch_size": 16}}
        """
    }

    private let workspace: Workspace
    private let header: [String]
    private let rows: [[String]]

    init() throws {
        workspace = try Workspace()
        let text = try String(contentsOf: Self.penguins, encoding: .utf8)
        let lines = text.split(separator: "\n").map {
            $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        }
        (header, rows) = (lines[0], Array(lines.dropFirst()))
    }

    /// Writes some rows as a table, in these columns, and converts it.
    private func convert(
        _ name: String, _ rows: [[String]], target: String, columns: [String]? = nil,
        _ change: (inout [String]) -> Void = { _ in }
    ) throws {
        let places = (columns ?? header).map { header.firstIndex(of: $0) ?? 0 }
        let lines = rows.map { row in
            var row = row
            change(&row)
            return places.map { row[$0] }.joined(separator: ",")
        }
        try workspace.write(
            ([places.map { header[$0] }.joined(separator: ",")] + lines).joined(separator: "\n") + "\n",
            to: name + ".csv")
        let result = try workspace.run(
            "data", "convert", name + ".csv", "--target", target, "--missing", "indicator", "--output", name + ".h5")
        #expect(result.status == 0, "\(result.errors)")
    }

    private func evaluate(_ name: String, _ options: String...) throws -> (text: String, status: Int32, errors: String)
    {
        let result = try workspace.run(
            ["evaluate", "runs/birds/model.h5", "--data", name + ".h5", "--group", "/train"] + options)
        return (
            result.figures.joined(separator: "; "), result.status, result.errors
        )
    }

    private func figure(_ text: String) -> Double { text.split(separator: " ").last.flatMap { Double($0) } ?? .nan }

    @Test("To a number, with categories and missing values")
    func toANumber() throws {
        // Every third row is new; two have no body mass.
        let (old, new) = (
            rows.enumerated().filter { $0.offset % 3 != 0 }.map(\.element),
            rows.enumerated().filter { $0.offset % 3 == 0 }.map(\.element)
        )
        try workspace.write(Self.config(1, "linear", "huber", "r2"), to: "birds.json")
        try convert("old", old, target: "body_mass_g") { row in
            // In kilograms, where a loss is of the order of 1.
            row[5] = Double(row[5]).map { "\($0 / 1000)" } ?? row[5]
        }
        try convert("new", new, target: "body_mass_g") { row in
            row[5] = Double(row[5]).map { "\($0 / 1000)" } ?? row[5]
        }
        let trained = try workspace.run("train", "birds.json", "--quiet")
        #expect(trained.status == 0, "\(trained.errors)")
        let good = try evaluate("new")
        #expect(figure(good.text) > 0.8, "\(good.text)")
        // The same rows in another order of columns, and as a file of one island, whose codes begin anew.
        try convert("turned", new, target: "body_mass_g", columns: header.reversed()) { row in
            row[5] = Double(row[5]).map { "\($0 / 1000)" } ?? row[5]
        }
        #expect(try evaluate("turned").text == good.text)
        let island = new.filter { $0[1] == "Dream" }
        try convert("island", island, target: "body_mass_g") { row in
            row[5] = Double(row[5]).map { "\($0 / 1000)" } ?? row[5]
        }
        let part = try evaluate("island")
        #expect(figure(part.text) > 0.3, "\(part.text)")

        // An unknown category.
        try convert("strange", new, target: "body_mass_g") { row in
            row[5] = Double(row[5]).map { "\($0 / 1000)" } ?? row[5]
            if row == new[4] || row[2] == new[4][2] { row[1] = "Deception" }
        }
        let strange = try evaluate("strange")
        #expect(strange.status == 65)
        #expect(
            strange.errors
                == "stormo: strange.h5: /train/inputs, row 4, column 'island': 'Deception' is none of the categories that the "
                + "model knows: Biscoe, Dream, Torgersen; say --unknown missing to take it for a missing value, or --unknown "
                + "skip to leave such rows out\n")
        #expect(try evaluate("strange", "--unknown", "missing").status == 0)
        let predicted = try workspace.run(
            "predict", "runs/birds/model.h5", "--data", "strange.h5", "--group", "/train", "--output", "p.h5",
            "--unknown",
            "skip")
        #expect(predicted.status == 0, "\(predicted.errors)")
        let file = try HDF5File.open(workspace.path + "/p.h5")
        let numbers = try file.dataset("/rows").read(Int64.self)
        #expect(!numbers.contains(4))
        #expect(try file.dataset("/predictions").shape == [numbers.count, 1])
        // Rows without a target are predicted, but not measured.
        let all = try workspace.run(
            "predict", "runs/birds/model.h5", "--data", "new.h5", "--group", "/train", "--output", "p.h5")
        #expect(all.status == 0, "\(all.errors)")
        #expect(try HDF5File.open(workspace.path + "/p.h5").dataset("/predictions").shape == [new.count, 1])

        // A missing column.
        try convert("short", new, target: "body_mass_g", columns: header.filter { $0 != "sex" }) { row in
            row[5] = Double(row[5]).map { "\($0 / 1000)" } ?? row[5]
        }
        #expect(
            try evaluate("short").errors
                == "stormo: short.h5: /train/inputs has no column 'sex', which the model's training data has; its columns are "
                + "species, island, bill_length_mm, bill_depth_mm, flipper_length_mm, year; say --unknown missing to take all "
                + "of its values for missing ones\n")
        #expect(try evaluate("short", "--unknown", "missing").status == 0)
    }

    /// The recipe that the README applies in pandas gives a Keras model what our own program gives ours.
    private func expectSameInPandas(_ table: String, _ predictions: String) throws {
        guard let python = ProcessInfo.processInfo.environment["STORMO_PYTHON"] else { return }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: python)
        process.arguments = [
            URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
                "../Peers/keras_table.py"
            ).path, "runs/birds/model.h5", table, predictions,
        ]
        process.currentDirectoryURL = URL(fileURLWithPath: workspace.path)
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0, "what \(python) said stands above")
        #expect((text.split(separator: "\n").last.flatMap { Double($0) } ?? 1) < 1e-5, "\(text)")
    }

    @Test("With dates, times, booleans, units and row numbers, written otherwise in the new file")
    func otherKinds() throws {
        let count = 240
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        /// What is sold depends on the month, the hour, the weight and on whether it is a holiday.
        func table(_ rows: Range<Int>, isNew: Bool) -> String {
            let lines = rows.map { row -> String in
                let (month, day, hour) = (row * 7 % 12, row * 5 % 28 + 1, row * 11 % 24)
                let (weight, isHoliday) = (row * 13 % 900 + 1000, row % 3 == 0)
                let sold =
                    (month < 6 ? 2.0 : 0) + (hour >= 12 ? 1 : 0) + Double(weight) / 1000 + (isHoliday ? 1 : 0)
                func two(_ number: Int) -> String { (number < 10 ? "0" : "") + "\(number)" }
                let grouped = "\"\(weight / 1000),\(String(weight % 1000 + 1000).dropFirst()) g\""
                let fields =
                    isNew
                    ? [
                        "\(two(hour)):00:00", isHoliday ? "YES" : "NO", "\(weight) g",
                        row % 9 == 4 ? "" : "\(day) \(months[month]) 2024", "\(sold)",
                    ]
                    : [
                        "\(row)", row % 9 == 4 ? "" : "\(two(day))/\(two(month + 1))/2024",
                        "\(hour % 12 == 0 ? 12 : hour % 12):00 \(hour < 12 ? "am" : "pm")",
                        row % 10 == 1 ? "" : isHoliday ? "yes" : "no", row % 2 == 0 ? grouped : "\(weight) g",
                        "\(sold)",
                    ]
                return fields.joined(separator: ",") + "\n"
            }
            return (isNew ? "at,holiday,weight,day,sold\n" : "id,day,at,holiday,weight,sold\n") + lines.joined()
        }
        try workspace.write(table(0..<count, isNew: false), to: "old.csv")
        try workspace.write(table(count..<count + 60, isNew: true), to: "new.csv")
        try workspace.write(Self.config(1, "linear", "huber", "r2"), to: "birds.json")
        let converted = try workspace.run(
            "data", "convert", "old.csv", "--missing", "median", "--missing", "boolean=category", "--output", "old.h5")
        #expect(converted.status == 0, "\(converted.errors)")
        #expect(
            converted.lines.allSatisfy { line in
                line.count <= 80 || ["note: ", "warning: ", "in a config: "].contains { line.hasPrefix($0) }
            })
        let trained = try workspace.run("train", "birds.json", "--quiet", "--set", "training.epochs=120")
        #expect(trained.status == 0, "\(trained.errors)")
        let inspected = try workspace.run("inspect", "runs/birds/model.h5")
        let start = try #require(inspected.lines.firstIndex(of: "recipe of inputs"))
        #expect(
            Array(inspected.lines[(start + 1)...].prefix(7)) == [
                "column   kind         missing  becomes       values                    inputs",
                "day      date, d/m/y       24  median        2024-01-01 to 2024-12-26       5",
                "  - becomes days since 1970, part of the year, weekday",
                "at       time                  median 11:00  00:00 to 23:00                 2",
                "  - becomes part of the day",
                "holiday  boolean           21  category      no, yes                        2",
                "weight   number, g             median 1379   1000 to 1897                   1",
            ])
        // As it is found, and as the model says.
        for options in [["--target", "sold", "--missing", "median"], ["--like", "runs/birds/model.h5"]] {
            let result = try workspace.run(["data", "convert", "new.csv", "--output", "new.h5"] + options)
            #expect(result.status == 0, "\(result.errors)")
            #expect(figure(try evaluate("new").text) > 0.9)
        }
        let predicted = try workspace.run(
            "predict", "runs/birds/model.h5", "--data", "new.h5", "--group", "/train", "--output", "new-p.h5")
        #expect(predicted.status == 0, "\(predicted.errors)")
        try expectSameInPandas("new.csv", "new-p.h5")
        // Another unit.
        try workspace.write(
            table(count..<count + 60, isNew: true).replacingOccurrences(of: " g,", with: " oz,"), to: "ounces.csv")
        _ = try workspace.run(
            "data", "convert", "ounces.csv", "--target", "sold", "--missing", "median", "--output", "ounces.h5")
        #expect(
            try evaluate("ounces").errors
                == "stormo: ounces.h5: /train/inputs holds 'oz' in column 'weight', but the model's training data 'g'; bring its "
                + "numbers into 'g' and convert it again\n")
    }

    @Test func whatTheOtherTableTakesIsNotKeptBeside() throws {
        try workspace.write("a,b,y\n1,2,3\n4,5,6\n7,8,10\n", to: "old.csv")
        #expect(try workspace.run("data", "convert", "old.csv", "--output", "old.h5").status == 0)
        for (column, role) in [("a", "an input"), ("y", "a target")] {
            try workspace.expectFailure(
                65, "old.csv: column '\(column)' is \(role) of old.h5, so it can't be kept beside; leave it out of --keep",
                "data", "convert", "old.csv", "--like", "old.h5", "--keep", column, "--output", "x.h5")
        }
    }

    @Test("To classes, with columns of texts")
    func toClasses() throws {
        let (old, new) = (
            rows.enumerated().filter { $0.offset % 3 != 0 }.map(\.element),
            rows.enumerated().filter { $0.offset % 3 == 0 }.map(\.element)
        )
        try workspace.write(
            Self.config(3, "softmax", "sparse_categorical_crossentropy", "accuracy"), to: "birds.json")
        try convert("old", old, target: "species")
        try convert("new", new, target: "species")
        let trained = try workspace.run("train", "birds.json", "--quiet")
        #expect(trained.status == 0, "\(trained.errors)")
        #expect(figure(try evaluate("new").text) > 0.95)
        // A file that holds one class only, which is not the first one of the model.
        try convert("one", new.filter { $0[0] == "Gentoo" }, target: "species")
        #expect(try HDF5File.open(workspace.path + "/one.h5").dataset("/train/targets").read(Int32.self)[0] == 0)
        #expect(figure(try evaluate("one").text) > 0.9)
        // A class that the model does not have.
        try convert("emperor", new, target: "species") { row in if row[2] == new[7][2] { row[0] = "Emperor" } }
        let emperor = try evaluate("emperor")
        #expect(emperor.status == 65)
        #expect(
            emperor.errors
                == "stormo: emperor.h5: /train/targets, row 7, column 'species': 'Emperor' is none of the classes that the model "
                + "has: Adelie, Chinstrap, Gentoo; say --unknown skip to leave such rows out\n")
        #expect(figure(try evaluate("emperor", "--unknown", "skip").text) > 0.95)
        // What is known of the columns is shown.
        let inspected = try workspace.run("inspect", "runs/birds/model.h5")
        #expect(inspected.output.contains("recipe of inputs\ncolumn"))
        #expect(inspected.lines.contains { $0.hasPrefix("island") && $0.contains("Biscoe, Dream, ") })
        // New rows by the model's own word: numbers of no use, another order, no target.
        try workspace.write(
            "id,year,sex,bill_length_mm,bill_depth_mm,flipper_length_mm,body_mass_g,island\n"
                + new.enumerated().map { index, row in
                    ([String(index)] + [7, 6, 2, 3, 4, 5, 1].map { row[$0] }).joined(separator: ",") + "\n"
                }.joined(), to: "like.csv")
        let like = try workspace.run(
            "data", "convert", "like.csv", "--like", "runs/birds/model.h5", "--output", "like.h5")
        #expect(like.status == 0, "\(like.errors)")
        #expect(like.lines.contains("note: left out, since runs/birds/model.h5 does not name it: id"))
        for name in ["new", "like"] {
            let result = try workspace.run(
                "predict", "runs/birds/model.h5", "--data", name + ".h5", "--group", "/train", "--output",
                name + "-p.h5")
            #expect(result.status == 0, "\(result.errors)")
        }
        func predictions(_ name: String) throws -> [Float] {
            try HDF5File.open(workspace.path + "/" + name + "-p.h5").dataset("/predictions").read(Float.self)
        }
        #expect(try predictions("like") == predictions("new"))
        let both = try workspace.run(
            "data", "convert", "new.csv", "--like", "old.h5", "--missing", "mean", "--output", "x.h5")
        #expect(both.status == 64)
        #expect(
            both.errors.contains("--missing and --like contradict each other: what is done with columns is said there"))
        // And in pandas and Keras.
        try expectSameInPandas("new.csv", "new-p.h5")
        // A run goes on with its own table, and with no other.
        let resumed = try workspace.run("train", "--resume", "runs/birds", "--set", "training.epochs=61", "--quiet")
        #expect(resumed.status == 0, "\(resumed.errors)")
        try convert("old", old, target: "species", columns: header.reversed())
        let other = try workspace.run("train", "--resume", "runs/birds", "--set", "training.epochs=62", "--quiet")
        #expect(other.status != 0)
        #expect(other.errors.contains("can't be gone on from: the data are not those that the run was begun with"))
    }
}
