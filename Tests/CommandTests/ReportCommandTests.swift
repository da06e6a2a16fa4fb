import Foundation
import Testing

@Suite struct ReportCommandTests {
    /// One training for all that a report can be asked.
    @Test func theReportOfARun() throws {
        let workspace = try Workspace()
        let trained = try workspace.run("train", "config.json", "--output", "run")
        #expect(trained.status == 0 && trained.lines.last == "report run/report.html")
        let live = try workspace.read("run/report.html")
        #expect(live.hasPrefix("<!DOCTYPE html>") && !live.contains("http-equiv=\"refresh\""))
        for anchor in ["summary", "given", "curves", "figures", "gradients", "time", "data", "config"] {
            #expect(live.contains("<section id=\"\(anchor)\">"), "\(anchor)")
        }
        #expect(live.contains("on the test split ("))

        // Made again it has the same sections.
        var result = try workspace.run("report", "run")
        #expect(result.status == 0 && result.output == "wrote run/report.html\n" && result.errors == "")
        func sections(_ page: String) -> [Substring] { page.matches(of: /<section id="([a-z-]+)">/).map(\.1) }
        let again = try workspace.read("run/report.html")
        #expect(sections(again) == sections(live))

        // An older run has no record.
        try FileManager.default.removeItem(atPath: workspace.path + "/run/record.json")
        result = try workspace.run("report", "run/", "--output", "old.html", "--no-rows")
        #expect(result.status == 0 && result.output == "wrote old.html\n")
        let old = try workspace.read("old.html")
        #expect(sections(old).contains("curves") && !sections(old).contains("time") && !sections(old).contains("given"))

        result = try workspace.run("report", "run/model.h5")
        #expect(result.status == 0 && result.output == "wrote report.html\n")
        let model = try workspace.read("report.html")
        #expect(sections(model).contains("figures") && sections(model).contains("config"))
        #expect(!sections(model).contains("curves"))
        #expect(try workspace.run("report", "run/model.h5", "--data", "data.h5", "--output", "data.html").status == 0)
    }

    @Test func mistakesAreTold() throws {
        let workspace = try Workspace()
        try workspace.run("train", "config.json", "--output", "run", "--quiet")
        func expect(_ status: Int32, _ sentence: String, _ arguments: String...) throws {
            let result = try workspace.run(["report"] + arguments)
            #expect(result.status == status && result.errors.hasPrefix("stormo: " + sentence), "\(result.errors)")
        }
        try expect(64, "--output a.pdf must end in .html, which is what is written\n", "run", "--output", "a.pdf")
        try expect(
            64, "--group says where the rows of a file are; name the file by --data, or leave it out\n", "run",
            "--group", "/test")
        try FileManager.default.createDirectory(
            atPath: workspace.path + "/empty", withIntermediateDirectories: true)
        try expect(
            1, "empty has no config.json, so it is not the directory of a run; 'stormo runs' lists runs\n", "empty")
        // Without its data a run still has a page.
        try FileManager.default.removeItem(atPath: workspace.path + "/data.h5")
        let result = try workspace.run("report", "run")
        #expect(result.status == 0)
        let page = try workspace.read("run/report.html")
        #expect(page.contains("Not shown: What the network was given") && page.contains("id=\"curves\""))
    }

    @Test func aReportCanBeLeftOut() throws {
        let workspace = try Workspace()
        let trained = try workspace.run(
            "train", "config.json", "--output", "run", "--set", "logging={\"report\": false}")
        #expect(trained.status == 0 && trained.lines.last == "model run/model.h5")
        #expect(!FileManager.default.fileExists(atPath: workspace.path + "/run/report.html"))
        #expect(FileManager.default.fileExists(atPath: workspace.path + "/run/record.json"))
    }

    @Test func foldsHaveOneTogetherAndOneEach() throws {
        let workspace = try Workspace()
        let trained = try workspace.run("train", "config.json", "--output", "run", "--set", "data.k_fold=2")
        #expect(trained.status == 0 && trained.lines.last == "report run/report.html", "\(trained.output)")
        let page = try workspace.read("run/report.html")
        #expect(page.contains("<section id=\"folds\">") && page.contains("href=\"fold-2/report.html\""))
        #expect(try workspace.read("run/fold-2/report.html").contains("fold 2</title>"))
        #expect(try workspace.run("report", "run", "--output", "folds.html").status == 0)
        #expect(try !workspace.read("folds.html").contains("href=\"fold-2"))
        try workspace.expectFailure(
            64, "--data data.h5: run is a cross-validation, with a model for each fold; name one of these, such as run/fold-1",
            "report", "run", "--data", "data.h5")
    }

    @Test func theLastPageOfAFailedRunDoesNotLoadItselfAgain() throws {
        let workspace = try Workspace()
        let result = try workspace.run(
            "train", "config.json", "--output", "run", "--set", "optimizer.learning_rate=1e30", "--set",
            "model.layers[0].activation=relu")
        #expect(result.status == 1)
        let page = try workspace.read("run/report.html")
        #expect(!page.contains("http-equiv=\"refresh\"") && page.contains("The run failed: training diverged"))
    }
}
