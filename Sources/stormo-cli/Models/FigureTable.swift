import Metrics

/// Figures with what stands beside them.
enum FigureTable {
    static func table(_ figures: [MeasuredFigure]) -> TextTable {
        var table = TextTable([
            ("figure", .left), ("value", .right), ("95% interval", .left), ("simplest answer", .left), ("rows", .right),
        ])
        for figure in figures {
            table.append([
                figure.name, Figures.figure(figure.value),
                figure.interval.map { "\(Figures.figure($0.lower)) to \(Figures.figure($0.upper))" } ?? "",
                figure.baseline.map { "\(Figures.figure($0.value)) \($0.answer.rawValue)" } ?? "",
                Figures.count(figure.rows),
            ])
        }
        return table
    }

    /// `accuracy 0.9749 (359 rows; 95%: 0.9532 to 0.9867; simplest answer: 0.1031)`.
    static func line(_ figure: MeasuredFigure) -> String {
        let beside = [
            Figures.count(figure.rows, "row"),
            figure.interval.map { "95%: \(Figures.figure($0.lower)) to \(Figures.figure($0.upper))" },
            figure.baseline.map { "simplest answer: \(Figures.figure($0.value))" },
        ].compactMap { $0 }
        return "\(figure.name) \(Figures.figure(figure.value)) (\(beside.joined(separator: "; ")))"
    }
}
