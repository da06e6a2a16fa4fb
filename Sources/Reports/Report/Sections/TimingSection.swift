import Charts
import Machine
import Runs

/// Where the time went: training and validation, and of training the phases, worker by worker.
struct TimingSection: ReportSection {
    let title = "Time"
    let anchor = "time"

    /// The most workers that have bars of their own.
    private static let mostWorkers = 4

    func html(_ source: ReportSource) throws -> String? {
        guard let record = source.record, !record.epochs.isEmpty else { return nil }
        let charts = [speed(record), split(record), phases(record)].compactMap { $0 }
        return charts.isEmpty ? nil : ReportHTML.figures(charts)
    }

    private func speed(_ record: RunRecord) -> (any Chart)? {
        let epochs = record.epochs.filter { $0.samplesPerSecond > 0 }
        guard epochs.count > 1 else { return nil }
        let rates = epochs.map(\.samplesPerSecond).sorted()
        return LineChart(
            "samples a second",
            caption: "\(AxisText.value(rates[rates.count / 2], digits: 3)) in the median epoch.", x: Axis("epoch", .count),
            y: Axis("samples a second"),
            series: [Series("", x: epochs.map { Double($0.epoch) }, y: epochs.map(\.samplesPerSecond))])
    }

    private func split(_ record: RunRecord) -> any Chart {
        let seconds = record.epochs.reduce(0) { $0 + $1.seconds }
        let training = record.epochs.reduce(0) { $0 + $1.training }
        let validation = record.epochs.reduce(0) { $0 + ($1.validation ?? 0) }
        var bars = [("training", training)]
        if record.epochs.contains(where: { $0.validation != nil }) { bars.append(("validation", validation)) }
        bars.append(("all else", max(seconds - training - validation, 0)))
        let share = seconds > 0 ? Int((100 * training / seconds).rounded()) : 0
        return BarChart(
            "time of an epoch", caption: "\(share)% of it was training; all else is writing files and showing progress.",
            axis: Axis("seconds an epoch"), names: bars.map(\.0),
            groups: [("", bars.map { BarChart.Bar($0.1 / Double(record.epochs.count)) })])
    }

    private func phases(_ record: RunRecord) -> (any Chart)? {
        let workers = record.epochs.map(\.phases.count).max() ?? 0
        // Those with another number of workers were trained by another process.
        let epochs = record.epochs.filter { $0.phases.count == workers && $0.measuredSteps > 0 }
        guard workers > 0, !epochs.isEmpty else { return nil }
        let kinds = StepProfile.Phase.allCases
        var sums = (0..<workers).map { worker in
            kinds.map { kind in epochs.reduce(0) { $0 + $1.phases[worker][kind.rawValue] } }
        }
        // Who has no part in a step waits for the others, measured or not.
        let longest = sums.map { $0.reduce(0, +) }.max() ?? 0
        guard longest > 0 else { return nil }
        for worker in 0..<workers {
            sums[worker][StepProfile.Phase.wait.rawValue] += longest - sums[worker].reduce(0, +)
        }
        func share(_ worker: Int, _ kind: StepProfile.Phase) -> Double { 100 * sums[worker][kind.rawValue] / longest }
        let means = kinds.map { kind in (0..<workers).reduce(0) { $0 + share($1, kind) } / Double(workers) }
        let most = means.indices.max { means[$0] < means[$1] } ?? 0
        let steps = epochs.reduce(0) { $0 + $1.measuredSteps }
        let groups: [(name: String, bars: [BarChart.Bar])] =
            workers <= Self.mostWorkers
            ? (0..<workers).map { worker in
                (workers == 1 ? "" : "worker \(worker + 1)", kinds.map { BarChart.Bar(share(worker, $0)) })
            }
            : [
                (
                    "",
                    kinds.enumerated().map { index, kind in
                        let own = (0..<workers).map { share($0, kind) }
                        return BarChart.Bar(means[index], interval: (own.min() ?? 0)...(own.max() ?? 0))
                    }
                )
            ]
        return BarChart(
            "phases of a step",
            caption: "Most of it is \(kinds[most].words) (\(Int(means[most].rounded()))%), measured in "
                + "\(ReportText.count(steps, "step")) by \(ReportText.count(workers, "worker"))."
                + (workers > Self.mostWorkers ? " Lines go from the least to the most of a worker." : ""),
            axis: Axis("% of a worker's time"), names: kinds.map(\.words), groups: groups)
    }
}

extension StepProfile.Phase {
    /// For a reader of a report.
    fileprivate var words: String {
        switch self {
        case .gather: "gathering rows"
        case .forward: "forward"
        case .backward: "backward"
        case .wait: "waiting"
        case .reduce: "adding gradients, update"
        case .other: "loss, metrics, rest"
        }
    }
}
