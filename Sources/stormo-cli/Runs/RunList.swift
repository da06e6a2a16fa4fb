import Configuration
import Foundation
import Interchange
import Reports
import Runs

/// A comparison of runs for programs.
struct RunList {
    private let comparison: RunComparison

    init(_ comparison: RunComparison) { self.comparison = comparison }

    // MARK: - JSON

    /// A list with an object for each run, or for runs that were grouped with these in `runs`.
    var json: JSONNode { JSONNode(comparison.rows.map(node)) }

    private func node(_ row: RunComparison.Row) -> JSONNode {
        var node: JSONNode =
            row.runs.count == 1
            ? Self.node(row.runs[0])
            : ["name": JSONNode(row.name), "runs": JSONNode(row.runs.map(Self.node))]
        if let figure = comparison.figure, let value = row.value {
            var own: JSONNode = ["name": JSONNode(figure.name), "value": Self.number(value.mean)]
            own["deviation"] = value.deviation.map(Self.number)
            own["epoch"] = value.epoch.map { JSONNode($0) }
            own["best"] = figure.direction.map { JSONNode("\($0)") }
            node["figure"] = own
        }
        node["settings"] = JSONNode(
            .object(
                zip(comparison.keys, row.settings).compactMap { key, value in
                    value.map { JSONNode.Member(key: key.path, value: $0) }
                }))
        return node
    }

    /// What the state files hold, and what can be told beside it.
    private static func node(_ run: RunSummary) -> JSONNode {
        var node = run.state.json
        node["path"] = JSONNode(run.path)
        node["state"] = JSONNode(run.standing.rawValue)
        if let folds = run.folds {
            for key in ["best", "epoch", "epochs", "step", "pid"] { node[key] = Optional<JSONNode>.none }
            node["folds"] = JSONNode(folds.all)
            node["finished_folds"] = JSONNode(folds.finished)
        }
        node["resume"] = run.canBeResumed ? JSONNode(ResumeHint.command(run.path)) : nil
        node["figures"] = run.final?.node
        return node
    }

    private static func number(_ value: Double) -> JSONNode { value.isFinite ? JSONNode(value) : JSONNode(.null) }

    // MARK: - CSV

    /// A line a row: how far it is, the figure of the comparison, the keys that differ, and what the test came to.
    var csv: String {
        let tested = Self.tested(comparison.rows).filter { "test_\($0)" != comparison.figure?.name }
        var header = ["run", "runs", "state", "epochs"]
        if let figure = comparison.figure {
            header += [figure.name, "\(figure.name)_deviation", "\(figure.name)_epoch"]
        }
        header += comparison.keys.map(\.path) + tested.map { "test_\($0)" } + ["updated"]
        let lines = comparison.rows.map { row -> [String] in
            let text = RunRowText(row)
            var line = [row.name, "\(row.runs.count)", text.state, text.epochs]
            if comparison.figure != nil {
                line += [
                    Self.text(row.value?.mean), Self.text(row.value?.deviation),
                    row.value?.epoch.map(String.init) ?? "",
                ]
            }
            line += row.settings.map(RunComparison.text)
            line += tested.map { name in
                // Of several runs the figure of the comparison is the mean; single values stand in the JSON.
                row.runs.count == 1 ? Self.text(Self.tested(row.runs[0]).first { $0.name == name }?.value) : ""
            }
            return line + [row.runs.map(\.state.updated).max()?.formatted(.iso8601) ?? ""]
        }
        return ([header] + lines).map { $0.map { $0.isEmpty ? "" : CSVText.field($0) }.joined(separator: ",") + "\n" }
            .joined()
    }

    private static func text(_ value: Double?) -> String { value.map { $0.isNaN ? "" : "\($0)" } ?? "" }

    private static func tested(_ rows: [RunComparison.Row]) -> [String] {
        var names: [String] = []
        for run in rows.flatMap(\.runs) {
            for figure in tested(run) where !names.contains(figure.name) { names.append(figure.name) }
        }
        return names
    }

    private static func tested(_ run: RunSummary) -> [(name: String, value: Double)] {
        switch run.final {
        case .run(let figures): figures.test.map { ($0.name, $0.value) }
        case .folds(let figures): figures.test.map { ($0.name, $0.mean) }
        case nil: []
        }
    }
}
