import ArgumentParser
import Charts
import Files
import Foundation
import Reports
import Runs

struct Plot: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Draw the curves of one or several runs.",
        discussion: """
            Each figure of metrics.csv is a chart; runs are overlaid. Runs whose configs differ in nothing but seed and name \
            are drawn as their mean with a band of one standard deviation, and so are the folds of a cross-validation; \
            with --no-group each is a line. Of a folder that holds runs all are drawn; runs without an epoch are told and left \
            out. An HTML file suits any screen and has the numbers; an SVG file goes into \
            documents. A file of before is replaced.
            """)

    @Argument(help: "The directories of runs, or of folders that hold such.", completion: .directory)
    var runs: [String]

    @Option(
        help: ArgumentHelp("The file to write, .html or .svg.", valueName: "file"),
        completion: .file(extensions: ["html", "svg"]))
    var output = "curves.html"

    @Option(help: "What the horizontal axis is: epoch, step or time.")
    var by = CurvePlot.Position.epoch

    @Option(help: ArgumentHelp("Draw only this figure, such as loss; may be repeated.", valueName: "name"))
    var metric: [String] = []

    @Option(
        help: ArgumentHelp(
            "Smooth by a moving average that keeps this share of the past, from 0 to below 1; what was measured stays behind it.",
            valueName: "weight"))
    var smooth = 0.0

    @Flag(help: "Make the vertical axes logarithmic.")
    var log = false

    @Flag(inversion: .prefixedNo, help: "Draw runs that differ only in seed as mean and band.")
    var group = true

    func validate() throws {
        guard smooth >= 0, smooth < 1 else {
            throw ValidationError("--smooth must be from 0 to below 1, but is \(smooth)")
        }
    }

    func run() throws {
        let kind = output.split(separator: ".").last.map { $0.lowercased() } ?? ""
        if kind == "png" || kind == "pdf" {
            let svg = output.dropLast(kind.count) + "svg"
            throw UsageError(
                "--output \(output): SVG and HTML files can be drawn; for \(kind.uppercased()) say --output \(ShellWord.quoted(String(svg))), and then: "
                    + "rsvg-convert \(kind == "pdf" ? "--format pdf " : "")\(ShellWord.quoted(String(svg))) --output \(ShellWord.quoted(output))"
            )
        }
        guard kind == "svg" || kind == "html", output.contains(".") else {
            throw UsageError("--output \(output) must end in .html or .svg, which says what is drawn")
        }
        let directories = try runs.flatMap { place in
            // What is no directory is told when it is read.
            let found = AtomicFile.isDirectory(place) ? RunFinder.runs(in: place) : [place]
            if found.isEmpty { throw FileError("there is no run in \(place); 'stormo runs' lists runs") }
            return found.flatMap { run in
                let folds = FoldDirectory.names(in: run)
                return folds.isEmpty ? [run] : folds.map { "\(run)/\($0)" }
            }
        }
        try OutputFile.check(
            output, "--output",
            reading: directories.flatMap { run in
                ["metrics.csv", "times.csv", "config.json", "state.json"].map { "\(run)/\($0)" }
            })
        let histories = try read(directories)
        var plot = CurvePlot()
        (plot.position, plot.smoothing, plot.isLogarithmic) = (by, smooth, log)
        (plot.figures, plot.groupsSeeds) = (metric, group)
        let charts = try plot.charts(histories)
        let title = runs.count == 1 ? "Curves of \(runs[0])" : "Curves of \(histories.count) runs"
        let text =
            kind == "svg"
            ? StandaloneSVG.text(charts) : Page.html(title: title, body: charts.map { ChartFigure.html($0) })
        try AtomicFile.replace(output, with: text)
        for chart in charts { Console.print("\(chart.title): \(chart.caption)") }
        Console.print("wrote \(output)", style: .dim)
    }

    /// The runs that have an epoch; of several, the others are told and left out.
    /// - Throws: why the first can't be drawn, where none can.
    private func read(_ directories: [String]) throws -> [RunHistory] {
        var histories: [RunHistory] = []
        var failures: [any Error] = []
        for directory in directories {
            do { histories.append(try RunHistory(directory: directory)) } catch { failures.append(error) }
        }
        if let first = failures.first, histories.isEmpty { throw first }
        for failure in failures { Console.error("stormo: left out: \(failure)") }
        return histories
    }
}

extension CurvePlot.Position: ExpressibleByArgument {}
