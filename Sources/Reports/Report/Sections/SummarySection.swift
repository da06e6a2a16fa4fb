import Charts
import Files
import Foundation
import Metrics
import Runs

/// How the run stands, and the one figure that tells most.
struct SummarySection: ReportSection {
    let title = "Summary"
    let anchor = "summary"

    func html(_ source: ReportSource) throws -> String? {
        var parts: [String] = []
        if let headline = source.figures.flatMap(Self.headline) {
            parts.append("<p class=\"headline\">\(Markup.escaped(headline))</p>")
        }
        let took = source.history.map { $0.seconds.last ?? .nan }
        var facts: [(name: String, value: String?)] = [
            ("state", source.state.map(Self.words)),
            ("training took", took.flatMap { $0.isFinite ? ReportText.duration($0) : nil }),
            ("begun", source.state.map { Self.date($0.started) }), ("last written", source.state.map { Self.date($0.updated) }),
        ]
        if let best = source.state?.best {
            facts.append(("best epoch", "\(best.epoch), by \(best.monitor) \(AxisText.value(best.value))"))
        }
        if let model = try? source.model {
            facts.append(("parameters", AxisText.value(Double(model.objective.layout.count))))
        }
        facts.append((source.state == nil ? "file" : "directory", source.path))
        parts.append(ReportHTML.facts(facts))
        if let error = source.state?.error { parts.append(ReportHTML.remark("The run failed: \(error).")) }
        return parts.joined(separator: "\n")
    }

    static func date(_ date: Date) -> String {
        date.formatted(.iso8601.dateSeparator(.dash).dateTimeSeparator(.space).timeSeparator(.colon)).replacing("Z", with: " UTC")
    }

    /// `finished: all 20 epochs`, `stopped early after epoch 12 of 50`.
    static func words(_ state: RunState) -> String {
        let place = "epoch \(state.epoch) of \(state.epochs)"
        switch state.phase {
        case .running: return state.epoch == 0 ? "running: in the first of \(ReportText.count(state.epochs, "epoch"))" : "running: after \(place)"
        case .finished: return state.epoch < state.epochs ? "stopped early after \(place)" : "finished: \(ReportText.count(state.epochs, "epoch"))"
        case .interrupted: return "interrupted after \(place)"
        case .failed: return "failed after \(place)"
        }
    }

    /// `accuracy 0.9749 on the test split (359 rows), 95% interval 0.9532 to 0.9867; the commonest class gets 0.1031.`
    static func headline(_ figures: FinalFigures) -> String? {
        let splits: [(String, [MeasuredFigure])] = [
            ("test split", figures.test), ("validation split", figures.validation),
            ("training split, on which the model was trained", figures.train),
        ]
        guard let (split, own) = splits.first(where: { !$0.1.isEmpty }) else { return nil }
        // A metric says more than a loss does.
        let all = own.filter { $0.name != "loss" && !$0.name.hasSuffix("_loss") }
        guard let figure = all.first ?? own.first else { return nil }
        return sentence(figure, on: split)
    }

    static func sentence(_ figure: MeasuredFigure, on split: String) -> String {
        var text = "\(figure.name) \(AxisText.value(figure.value)) on the \(split) (\(ReportText.count(figure.rows, "row")))"
        if let interval = figure.interval {
            text += ", 95% interval \(AxisText.value(interval.lower)) to \(AxisText.value(interval.upper))"
        }
        if let baseline = figure.baseline {
            text += "; the simplest answer (\(baseline.answer.rawValue)) gets \(AxisText.value(baseline.value))"
        }
        return text + "."
    }
}
