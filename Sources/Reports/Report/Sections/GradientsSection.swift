import Charts
import Runs

/// The norm of each layer's gradient by epoch: where it shrinks from the last layer to the first, the first hardly learn.
struct GradientsSection: ReportSection {
    let title = "Gradients by layer"
    let anchor = "gradients"

    /// The most layers that are drawn.
    private static let most = 7

    func html(_ source: ReportSource) throws -> String? {
        guard let record = source.record, !record.layers.isEmpty else { return nil }
        let epochs = record.epochs.filter { $0.gradientNorms.count == record.layers.count }
        guard let last = epochs.last else { return nil }
        let count = record.layers.count
        let chosen = count <= Self.most ? Array(0..<count) : (0..<Self.most).map { $0 * (count - 1) / (Self.most - 1) }
        let series = chosen.map { layer in
            Series(record.layers[layer], x: epochs.map { Double($0.epoch) }, y: epochs.map { $0.gradientNorms[layer] })
        }
        let norms = last.gradientNorms
        var caption = "Before clipping, in the first step of an epoch."
        if let least = norms.indices.min(by: { norms[$0] < norms[$1] }),
            let greatest = norms.indices.max(by: { norms[$0] < norms[$1] }), count > 1
        {
            caption +=
                " In epoch \(last.epoch) smallest in \(record.layers[least]) (\(AxisText.value(norms[least]))) and largest in "
                + "\(record.layers[greatest]) (\(AxisText.value(norms[greatest])))."
        }
        if count > Self.most { caption += " \(Self.most) of \(count) layers are drawn, from the first to the last." }
        let isWide = norms.filter { $0 > 0 }.max().map { most in norms.contains { $0 > 0 && $0 < most / 20 } } ?? false
        return ReportHTML.figures([
            LineChart(
                "norm of the gradient", caption: caption, x: Axis("epoch", .count),
                y: Axis("norm", isLogarithmic: isWide), series: series)
        ])
    }
}
