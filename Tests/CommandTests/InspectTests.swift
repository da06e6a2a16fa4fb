import Foundation
import HDF5
import Testing

struct InspectTests {
    private static let layers = [
        "layer   type   output  parameters  FLOPs/sample",
        "dense   dense  8               40            96",
        "logits  dense  3               27            60",
        "total                          67           156",
    ]

    @Test func linksAreOfData() throws {
        let workspace = try Workspace()
        try workspace.run("train", "config.json")
        for (file, reason) in [
            ("config.json", "a config says so itself, by data.allow_external_links"),
            ("runs/three/model.h5", "a model has no links into other files"),
        ] {
            try workspace.expectFailure(
                64, "--allow-external-links is for files of data, and \(file) is none: \(reason); leave it out",
                "inspect",
                file, "--allow-external-links")
        }
        #expect(try workspace.run("inspect", "data.h5", "--allow-external-links").status == 0)
    }

    /// Patterns that the shell did not expand, too; one that can't be shown does not keep the others from it.
    @Test func severalFiles() throws {
        let workspace = try Workspace()
        let one = try workspace.run("inspect", "data.h5")
        try FileManager.default.copyItem(atPath: workspace.path + "/data.h5", toPath: workspace.path + "/more.h5")
        let pattern = try workspace.run("inspect", "*.h5")
        #expect(pattern.status == 0)
        #expect(
            pattern.lines == one.lines + [""]
                + one.lines.map { $0.replacingOccurrences(of: "data.h5", with: "more.h5") })
        try workspace.write("no data", to: "a.txt")
        let mixed = try workspace.run("inspect", "a.txt", "config.json", "gone.h5", "data.h5")
        #expect(mixed.status == 65)
        #expect(
            mixed.errors
                == "stormo: a.txt is neither an HDF5 file nor a JSON config\nstormo: cannot open gone.h5: there is no such file\n"
        )
        #expect(mixed.output.contains("config.json: config") && mixed.output.contains("data.h5: HDF5 file"))
        try workspace.expectFailure(65, "no file matches the pattern *.hdf", "inspect", "*.hdf")
    }

    @Test func showsADataset() throws {
        let result = try Workspace().run("inspect", "data.h5")
        #expect(result.status == 0)
        #expect(
            result.lines == [
                "data.h5: HDF5 file with 6 datasets",
                "",
                "dataset              shape  type     layout       size",
                "/test/inputs         12×4   float32  contiguous  192 B",
                "/test/targets        12     int32    contiguous   48 B",
                "/train/inputs        48×4   float32  contiguous  768 B",
                "/train/targets       48     int32    contiguous  192 B",
                "/validation/inputs   15×4   float32  contiguous  240 B",
                "/validation/targets  15     int32    contiguous   60 B",
                "",
                "class_names (3): red, green, blue",
            ])
    }

    /// A size beyond all numbers, as damaged files claim it, is left out.
    @Test func aSizeThatNoNumberHolds() throws {
        let workspace = try Workspace()
        let file = try HDF5File.create(workspace.path + "/huge.h5")
        _ = try file.root.createDataset("/x", .float64, shape: [1 << 61], chunk: [1024])
        try file.close()
        let result = try workspace.run("inspect", "huge.h5")
        #expect(result.status == 0)
        #expect(result.lines.last?.hasPrefix("/x") == true && result.output.contains("2305843009213693952"))
    }

    @Test func showsAModel() throws {
        let workspace = try Workspace()
        try workspace.run("train", "config.json")
        let result = try workspace.run("inspect", "runs/three/model.h5")
        #expect(result.status == 0)
        #expect(
            result.lines == [
                "runs/three/model.h5: model 'three' of 4 → 3",
                "",
            ] + Self.layers + [
                "",
                "loss           sparse_categorical_crossentropy",
                "metrics        accuracy",
                "preprocessing  standardize, by the mean and deviation of 4 features",
                "classes        red, green, blue",
            ])
    }

    @Test func showsAConfig() throws {
        let result = try Workspace().run("inspect", "config.json")
        #expect(result.status == 0)
        #expect(
            result.lines == [
                "config.json: config 'three'",
                "",
            ] + Self.layers + [
                "",
                "train       data.h5: /train/inputs (48×4 float32), /train/targets (48 int32)",
                "validation  data.h5: /validation/inputs (15×4 float32), /validation/targets (15 int32)",
                "test        data.h5: /test/inputs (12×4 float32), /test/targets (12 int32)",
                "normalize   standardize",
                "loss        sparse_categorical_crossentropy, from_logits false",
                "metrics     accuracy",
                "optimizer   adam, learning_rate 0.05, beta_1 0.9, beta_2 0.999, epsilon 1e-07, weight_decay 0.0, "
                    + "schedule (constant)",
                "training    epochs 2, batch_size 8, shuffle true, on_nan stop",
                "parallel    workers 2, shards 2",
                "seed        3",
            ])
    }

    @Test func showsAConfigWithoutItsData() throws {
        let workspace = try Workspace()
        try FileManager.default.removeItem(atPath: workspace.path + "/data.h5")
        let result = try workspace.run("inspect", "config.json")
        #expect(result.status == 0)
        #expect(
            result.lines[2]
                == "No layer table, since the shape of the inputs is not known: cannot open data.h5: "
                + "there is no such file")
        #expect(result.lines.contains("layers      dense, dense"))
    }

    @Test("A pattern and a list of files mean to inspect what they mean to train")
    func showsAConfigOfSeveralFiles() throws {
        for files in [#""part-*.h5""#, #"["part-1.h5", "part-2.h5"]"#] {
            let workspace = try Workspace(
                config: Workspace.config.replacingOccurrences(
                    of: #""train": {"file": "data.h5"}"#, with: #""train": {"file": \#(files)}"#))
            for part in 1...2 {
                try FileManager.default.copyItem(
                    atPath: workspace.path + "/data.h5", toPath: workspace.path + "/part-\(part).h5")
            }
            let result = try workspace.run("inspect", "config.json")
            #expect(result.status == 0)
            #expect(Array(result.lines[2...5]) == Self.layers)
            let named = files.hasPrefix("[") ? "part-1.h5, part-2.h5" : "part-*.h5"
            #expect(
                result.lines[7]
                    == "train       \(named) (2 files): /train/inputs (96×4 float32), /train/targets (96 int32)")
        }
    }

    @Test func aPatternThatNothingMatchesIsSaid() throws {
        let workspace = try Workspace(
            config: Workspace.config.replacingOccurrences(
                of: #""train": {"file": "data.h5"}"#, with: #""train": {"file": "none-*.h5"}"#))
        let result = try workspace.run("inspect", "config.json")
        #expect(result.status == 0)
        #expect(
            result.lines[2]
                == "No layer table, since the shape of the inputs is not known: no file matches the pattern none-*.h5")
        for command in ["train", "check", "bench"] {
            try workspace.expectFailure(65, "no file matches the pattern none-*.h5", command, "config.json")
        }
    }

    @Test func showsABranchedModel() throws {
        let config = Workspace.config.replacingOccurrences(
            of: #"{"type": "dense", "name""#,
            with: """
                {"type": "dense", "name": "side", "units": 8, "inputs": ["input"]},
                {"type": "add", "inputs": ["dense", "side"]},
                {"type": "dense", "name"
                """)
        let result = try Workspace(config: config).run("inspect", "config.json")
        #expect(
            result.lines.prefix(7) == [
                "config.json: config 'three'",
                "",
                "layer   type   inputs       output  parameters  FLOPs/sample",
                "dense   dense               8               40            96",
                "side    dense  input        8               40            64",
                "add     add    dense, side  8                0             8",
                "logits  dense               3               27            60",
            ])
    }

    @Test func refusesOtherFiles() throws {
        let workspace = try Workspace()
        try workspace.write("import Foundation\n", to: "text.swift")
        try workspace.expectFailure(
            65, "text.swift is neither an HDF5 file nor a JSON config", "inspect", "text.swift")
        try workspace.expectFailure(65, "cannot open gone.h5: there is no such file", "inspect", "gone.h5")
        try workspace.expectFailure(78, "gone.json: there is no such file", "inspect", "gone.json")
        try workspace.expectFailure(65, "cannot open .: it is a directory", "inspect", ".")
    }
}
