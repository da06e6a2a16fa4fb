import Charts
import Configuration
import Files
import Runs

/// The curves of one or several runs: a chart for each figure, training and validation together, runs overlaid.
package struct CurvePlot: Sendable {
    /// What the horizontal axis is.
    package enum Position: String, CaseIterable, Sendable { case epoch, step, time }

    package var position = Position.epoch
    package var smoothing = 0.0
    package var isLogarithmic = false
    /// The figures to draw; empty for all.
    package var figures: [String] = []
    /// Whether runs whose configs differ in nothing but seed and name are drawn as their mean and a band.
    package var groupsSeeds = true

    private static let validation = "validation_"

    package init() {}

    /// - Throws: `ReportError` where a figure is in none of the runs, or a time in one of them isn't known.
    package func charts(_ runs: [RunHistory]) throws -> [LineChart] {
        let known = Self.figures(of: runs)
        for figure in figures where !known.contains(figure) {
            let near = nearestWord(to: figure, among: known).map { "did you mean '\($0)'?" }
            throw ReportError(
                "no run has the figure '\(figure)'; \(near ?? "there are: " + known.joined(separator: ", "))")
        }
        if position == .time, let run = runs.first(where: { $0.seconds.contains(where: \.isNaN) }) {
            throw ReportError(
                "\(run.path)/times.csv does not have the time of each epoch, so nothing can be drawn by time; "
                    + "say --by epoch or --by step")
        }
        let (groups, repeated) = groupsSeeds ? Self.grouped(runs) : (runs.map { [$0] }, [])
        let names = Self.names(groups)
        var charts = known.filter { figures.isEmpty || figures.contains($0) }.map { chart($0, groups, names) }
        if !charts.isEmpty {
            charts[0].caption += repeated.map {
                " \($0.path) has the settings and the seed of another, and is not counted."
            }
            .joined()
        }
        return charts
    }

    /// The figures of all runs in the order of their tables; validation's are those of training.
    private static func figures(of runs: [RunHistory]) -> [String] {
        var names: [String] = []
        for column in runs.flatMap(\.columns) {
            let name = column.hasPrefix(validation) ? String(column.dropFirst(validation.count)) : column
            if !names.contains(name) { names.append(name) }
        }
        // What was learned before how: the rate stands first in the file.
        return names.filter { $0 != "learning_rate" } + names.filter { $0 == "learning_rate" }
    }

    /// Runs that differ only in seed and name together, in the order in which the first of each was named. One that has the
    /// seed of another as well is the same once more: of these the one that went furthest counts.
    private static func grouped(_ runs: [RunHistory]) -> (groups: [[RunHistory]], repeated: [RunHistory]) {
        let groups = SeedGroups.grouped(runs) { [$0.settings.jsonText(pretty: false)] + $0.columns }.map { group in
            SeedGroups.withoutRepeats(group, seed: { [$0.seed, $0.fold] }, epochs: \.epochs.count)
        }
        return (groups.map(\.kept), groups.flatMap(\.repeated))
    }

    /// What tells groups apart: the last part of the first run's path, or where that is not enough all of it. Folds have
    /// the name of their cross-validation.
    private static func names(_ groups: [[RunHistory]]) -> [String] {
        let paths = groups.map { group in
            let path = group[0].path
            return group.count > 1 && FoldDirectory.number(of: path) != nil ? FoldDirectory.whole(of: path) : path
        }
        let short = paths.map { $0.split(separator: "/").last.map(String.init) ?? $0 }
        let names = Set(short).count == short.count ? short : paths
        return zip(groups, names).map { group, name in
            guard group.count > 1 else { return name }
            let (seeds, folds) = (Set(group.map(\.seed)).count, Set(group.compactMap(\.fold)).count)
            return name + (folds > 1 ? ", \(folds) folds" : "") + (seeds > 1 ? ", \(seeds) seeds" : "")
        }
    }

    private func chart(_ figure: String, _ groups: [[RunHistory]], _ names: [String]) -> LineChart {
        var series: [Series] = []
        var findings: [String] = []
        // A rate is set, not measured: it has no noise to be taken out.
        let isSmoothed = smoothing > 0 && figure != "learning_rate"
        for (index, group) in groups.enumerated() {
            let hasValidation = group[0].columns.contains(Self.validation + figure)
            let isPair = hasValidation && group[0].columns.contains(figure)
            for (split, column) in [(true, Self.validation + figure), (false, figure)] {
                guard var line = line(column, group) else { continue }
                let part = split ? "validation" : isPair ? "training" : ""
                line.name =
                    groups.count == 1 && group.count == 1
                    ? part : part.isEmpty ? names[index] : "\(names[index]), \(part)"
                line.style = SeriesStyle(color: index, dash: (isPair && !split ? 1 : 0) + index / 7 * 2)
                // What is found is found in what was measured, and in validation where there is one.
                if split == hasValidation {
                    let subject =
                        groups.count > 1
                        ? names[index] + (split ? ", validation:" : ":") : split ? "Validation" : nil
                    if let finding = finding(figure, line, subject) { findings.append(finding) }
                }
                series.append(isSmoothed ? line.smoothed(weight: smoothing) : line)
            }
        }
        if groups.contains(where: { $0.count > 1 }) {
            findings.append("Bands are one standard deviation to either side of the mean.")
        }
        if isSmoothed { findings.append("Smoothed with weight \(AxisText.value(smoothing)); thin: as measured.") }
        let shown = findings.prefix(6) + (findings.count > 6 ? ["And \(findings.count - 6) more."] : [])
        return LineChart(
            figure.replacing("_", with: " "), caption: shown.joined(separator: " "), x: axis,
            y: Axis(figure, isLogarithmic: isLogarithmic, range: FigureDirection.range(of: figure)), series: series,
            marks: groups.count == 1 && groups[0].count == 1 ? marks(groups[0][0]) : [])
    }

    private var axis: Axis {
        switch position {
        case .epoch: Axis("epoch", .count)
        case .step: Axis("step", .count)
        case .time: Axis("time", .seconds)
        }
    }

    private func positions(_ run: RunHistory) -> [Double] {
        switch position {
        case .epoch: run.epochs
        case .step: run.steps
        case .time: run.seconds
        }
    }

    /// One run's line, or the mean of several with its band; nil where a run lacks the figure.
    private func line(_ column: String, _ runs: [RunHistory]) -> Series? {
        let lines = runs.compactMap { run in run.values[column].map { Series(column, x: positions(run), y: $0) } }
        guard lines.count == runs.count, let only = lines.first else { return nil }
        return lines.count == 1 ? only : SeriesGroup.mean(column, keys: runs.map(\.epochs), of: lines)
    }

    private func finding(_ figure: String, _ line: Series, _ subject: String?) -> String? {
        if let direction = FigureDirection.of(figure) {
            return Finding.extreme(direction, line, of: subject, place: place)
        }
        guard let first = line.y.first, let last = line.y.last else { return nil }
        let sentence = "from \(AxisText.value(first)) to \(AxisText.value(last))."
        return subject.map { "\($0) \(sentence)" } ?? "From" + sentence.dropFirst(4)
    }

    /// A position in words.
    private func place(_ x: Double) -> String {
        switch position {
        case .epoch: "epoch \(AxisText.value(x))"
        case .step: "step \(AxisText.value(x))"
        case .time:
            x < 120
                ? "\(AxisText.value(x, digits: 3)) s"
                : x < 7200 ? "\(AxisText.value(x / 60, digits: 3)) min" : "\(AxisText.value(x / 3600, digits: 3)) h"
        }
    }

    /// The best epoch and, where the run ended before all of its epochs, its end.
    private func marks(_ run: RunHistory) -> [Mark] {
        guard let state = run.state else { return [] }
        var marks: [Mark] = []
        func x(_ epoch: Int) -> Double? {
            run.epochs.firstIndex(of: Double(epoch)).map { positions(run)[$0] }
        }
        if let best = state.best, let x = x(best.epoch) { marks.append(Mark(x, "best: epoch \(best.epoch)")) }
        if state.epoch < state.epochs, let x = x(state.epoch) {
            switch state.phase {
            case .finished: marks.append(Mark(x, "stopped early"))
            case .interrupted: marks.append(Mark(x, "interrupted", .warning))
            case .failed: marks.append(Mark(x, "failed", .warning))
            case .running: break
            }
        }
        return marks
    }
}
