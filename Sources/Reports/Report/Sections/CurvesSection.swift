import Charts
import Engine
import Runs

/// Loss, metrics, learning rate and gradient norm by epoch, with the best epoch, an early end, and warnings.
struct CurvesSection: ReportSection {
    let title = "Learning curves"
    let anchor = "curves"

    func html(_ source: ReportSource) throws -> String? {
        var plot = CurvePlot()
        if !source.folds.isEmpty {
            return ReportHTML.figures(try plot.charts(source.folds.compactMap(\.history)))
        }
        guard let history = source.history else { return nil }
        plot.warnings = Self.marks(source.record?.warnings ?? [])
        return ReportHTML.figures(try plot.charts([history]))
    }

    /// The most that are marked.
    private static let most = 6

    /// The first epoch of each kind of warning.
    private static func marks(_ warnings: [RunRecord.Warning]) -> [(epoch: Double, label: String)] {
        var seen: Set<String> = []
        return warnings.filter { $0.epoch > 0 && seen.insert($0.kind.rawValue).inserted }.prefix(most).map {
            (Double($0.epoch), $0.kind.words)
        }
    }
}
