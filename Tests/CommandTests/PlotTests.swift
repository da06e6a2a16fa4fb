import Foundation
import Testing

@Suite struct PlotTests {
    /// One training for all that a plot can be asked.
    @Test func curvesOfRunsAreDrawn() throws {
        let workspace = try Workspace()
        for seed in ["1", "2"] {
            let trained = try workspace.run(
                "train", "config.json", "--set", "seed=\(seed)", "--output", "run-\(seed)", "--quiet")
            #expect(trained.status == 0)
        }
        func file(_ name: String) throws -> String {
            try String(contentsOfFile: "\(workspace.path)/\(name)", encoding: .utf8)
        }

        var result = try workspace.run("plot", "run-1")
        #expect(result.status == 0 && result.errors == "")
        #expect(result.lines.first?.hasPrefix("loss: Validation lowest at epoch 2 (") == true, "\(result.output)")
        #expect(result.lines.last == "wrote curves.html")
        let page = try file("curves.html")
        #expect(page.hasPrefix("<!DOCTYPE html>") && page.contains("<title>Curves of run-1</title>"))
        #expect(page.components(separatedBy: "<figure class=\"chart\">").count == 5)

        result = try workspace.run(
            "plot", "run-1", "run-2", "--output", "curves.svg", "--metric", "loss", "--by", "time", "--smooth", "0.5",
            "--log")
        #expect(result.status == 0 && result.lines.count == 2)
        let drawing = try file("curves.svg")
        #expect(drawing.hasPrefix("<svg ") && drawing.contains(">run-1, 2 seeds, validation</text>"))
        #expect(drawing.contains("time (ms)") || drawing.contains("time (s)"))

        result = try workspace.run("plot", "run-1", "run-2", "--no-group", "--output", "curves.svg")
        #expect(try file("curves.svg").contains(">run-2, training</text>"))

        // A folder of runs, one of which has no epoch.
        let begun = "runs/begun"
        try FileManager.default.createDirectory(
            atPath: "\(workspace.path)/\(begun)", withIntermediateDirectories: true)
        try workspace.write("epoch,step,loss\n", to: begun + "/metrics.csv")
        for name in ["run-1", "run-2"] {
            try FileManager.default.moveItem(
                atPath: "\(workspace.path)/\(name)", toPath: "\(workspace.path)/runs/\(name)")
        }
        result = try workspace.run("plot", "runs", "--metric", "loss")
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.errors == "stormo: left out: runs/begun has no epoch yet; wait until the first is over\n")
        #expect(try file("curves.html").contains("run-1, 2 seeds"))
        for name in ["run-1", "run-2"] {
            try FileManager.default.moveItem(
                atPath: "\(workspace.path)/runs/\(name)", toPath: "\(workspace.path)/\(name)")
        }

        func expect(_ status: Int32, _ sentence: String, _ arguments: String...) throws {
            let result = try workspace.run(["plot"] + arguments)
            #expect(result.status == status && result.errors.hasPrefix("stormo: " + sentence), "\(result.errors)")
        }
        try expect(
            64,
            "--output a b.png: SVG and HTML files can be drawn; for PNG say --output 'a b.svg', and then: "
                + "rsvg-convert 'a b.svg' --output 'a b.png'\n", "run-1", "--output", "a b.png")
        try expect(
            64,
            "--output c.PDF: SVG and HTML files can be drawn; for PDF say --output c.svg, and then: "
                + "rsvg-convert --format pdf c.svg --output c.PDF\n", "run-1", "--output", "c.PDF")
        try expect(
            64, "--output curves must end in .html or .svg, which says what is drawn\n", "run-1", "--output", "curves")
        try expect(64, "--smooth must be from 0 to below 1, but is 1.0\n", "run-1", "--smooth", "1")
        try expect(64, "no run has the figure 'los'; did you mean 'loss'?\n", "run-1", "--metric", "los")
        try expect(1, "runs/begun has no epoch yet; wait until the first is over\n", "runs")
        try expect(1, "there is no run in run-1/checkpoints; 'stormo runs' lists runs\n", "run-1/checkpoints")
        try expect(1, "there is no directory nowhere; name the directory of a run\n", "nowhere")
        #expect(!FileManager.default.fileExists(atPath: workspace.path + "/a b.png"))
    }
}
