import Charts

/// Predicted against true numbers, and how far they are apart.
struct ResidualsSection: ReportSection {
    let title = "Predicted and true numbers"
    let anchor = "residuals"

    /// Of more numbers, those with the greatest errors for their spread.
    static let most = 6

    func html(_ source: ReportSource) throws -> String? {
        guard let answers = try source.answers else { return nil }
        let parts = answers.outputs.flatMap { output -> [String] in
            guard output.output.targetForm.isOfValues else { return [] }
            let charts = Self.charts(output.predictions, output.targets, output.names(answers)) { output.title($0, $1) }
            return [ReportHTML.figures(charts)]
        }
        guard !parts.isEmpty else { return nil }
        return ([ReportHTML.remark(answers.sentence)] + parts).joined(separator: "\n")
    }

    /// - Parameters:
    ///   - predictions: rows × names, as are the targets.
    static func charts(
        _ predictions: [Float], _ targets: [Float], _ names: [String], title: (String, String?) -> String
    ) -> [any Chart] {
        let width = names.count
        let columns = (0..<width).map { index in
            let places = stride(from: index, to: predictions.count, by: width)
            return Column(
                name: names[index], predicted: places.map { Double(predictions[$0]) },
                truth: places.map { Double(targets[$0]) })
        }
        let shown = width <= most ? columns[...] : columns.sorted { $0.unexplained > $1.unexplained }.prefix(most)
        return shown.flatMap { column -> [any Chart] in
            let name = width > 1 ? column.name : nil
            return column.charts(
                { title($0, name) },
                remark: width > most ? " One of the \(most) of \(width) numbers with the greatest errors for their spread." : "")
        }
    }

    /// One number of each row.
    struct Column {
        let name: String
        let predicted, truth: [Double]

        var residuals: [Double] { zip(predicted, truth).map { $0 - $1 } }

        /// 1 − R²: the share of the spread that the predictions do not explain; what is no number comes first.
        var unexplained: Double {
            let mean = truth.reduce(0, +) / Double(max(truth.count, 1))
            let spread = truth.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
            let own = residuals.reduce(0) { $0 + $1 * $1 } / spread
            return own.isFinite ? own : .infinity
        }

        func charts(_ title: (String) -> String, remark: String) -> [any Chart] {
            let residuals = residuals
            let finite = residuals.filter(\.isFinite)
            let sizes = finite.map(abs).sorted()
            guard !sizes.isEmpty else { return [] }
            func size(_ share: Double) -> String {
                AxisText.value(sizes[min(Int(share * Double(sizes.count)), sizes.count - 1)], digits: 3)
            }
            let mean = finite.reduce(0, +) / Double(finite.count)
            let caption = "Half of the predictions are within \(size(0.5)) of the truth, 95% within \(size(0.95))." + remark
            let lean =
                "On average predictions are \(AxisText.value(abs(mean), digits: 3)) too \(mean < 0 ? "low" : "high")."
            return [
                ScatterChart(
                    title("Predicted and true"), caption: caption, x: Axis("true"), y: Axis("predicted"),
                    points: [.init("", x: truth, y: predicted)], showsEquality: true),
                Histogram(title("Residuals"), caption: lean, axis: Axis("predicted − true"), values: residuals),
                ScatterChart(
                    title("Residuals by prediction"),
                    caption: "Without a pattern where the model has found what there is to find.", x: Axis("predicted"),
                    y: Axis("predicted − true"), points: [.init("", x: predicted, y: residuals)]),
            ]
        }
    }
}
