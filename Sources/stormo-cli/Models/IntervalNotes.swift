import Configuration
import Engine
import Interchange
import Metrics
import Network

/// Why figures have no interval, and where intervals are narrower than they should be.
enum IntervalNotes {
    /// - Parameter config: the run's resolved one, which says whether rows belong together.
    static func lines(_ figures: [MeasuredFigure], _ objective: Objective, _ config: JSONNode?) -> [String] {
        var lines: [String] = []
        // Of several outputs figures begin with their names.
        let outputs = objective.outputs
        func hasSeveralRows(_ figure: MeasuredFigure) -> Bool {
            outputs.contains { output in
                (outputs.count == 1 || figure.name.hasPrefix("\(output.name)_")) && MetricLayout(output).rowsPerSample > 1
            }
        }
        let missing = figures.filter { $0.interval == nil && $0.value.isFinite }
        for (areOfSeveral, reason) in [(true, "a sample has several rows, which hang together"), (false, nil)] {
            let own = missing.filter { hasSeveralRows($0) == areOfSeveral }
            guard let first = own.first else { continue }
            let why = reason ?? (first.rows < 2 ? "a single row tells of no other" : "no method fits")
            lines.append("no interval for \(own.map(\.name).joined(separator: ", ")): \(why)")
        }
        if case .string(let column)? = config?["data"]?["split"]?["together"]?.value,
            figures.contains(where: { $0.interval != nil })
        {
            lines.append(
                "rows with the same \(column) hang together, so that intervals, which take each row for one of its own, are too narrow")
        }
        return lines
    }
}
