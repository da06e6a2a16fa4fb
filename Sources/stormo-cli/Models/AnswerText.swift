import Foundation
import Interchange

/// Answers as a table on a terminal: as many columns as fit, and the first rows.
struct AnswerText {
    /// Those of the terminal.
    let columns: Int
    static let mostLines = 100

    /// - Parameter top: how many classes are told; nil for as many as fit.
    func print(_ answers: AnswerStream, of model: TrainedModel, top: Int?) throws {
        var first: Answers?
        try answers.forEach { piece in if (first?.lines ?? 0) < Self.mostLines { first = first?.joined(piece) ?? piece }
        }
        guard var own = first else { return }
        var text = lines(own)
        // Where not all classes fit, the best ones are told.
        if top == nil, isTooWide(text), let classes = model.objective.outputs.compactMap(\.targetForm.classes).min() {
            for fewer in stride(from: min(3, classes), through: 1, by: -1) where isTooWide(text) {
                own = own.told(top: fewer)
                text = lines(own)
            }
        }
        let (shown, cut) = cut(own, text)
        for (index, line) in shown.enumerated() { Console.print(line, style: index == 0 ? .dim : .plain) }
        let more = answers.lines - Self.mostLines
        if more > 0 || cut > 0 {
            let parts = [
                more > 0 ? Figures.count(more, "more row") : nil, cut > 0 ? Figures.count(cut, "more column") : nil,
            ].compactMap { $0 }
            Console.print("… and \(parts.joined(separator: " and ")): --output answers.csv writes all", style: .dim)
        }
    }

    private func isTooWide(_ lines: [String]) -> Bool { lines.contains { $0.count > columns } }

    /// As many columns as fit, and how many don't.
    private func cut(_ answers: Answers, _ lines: [String]) -> (lines: [String], cut: Int) {
        var (lines, count) = (lines, answers.columns.count)
        while count > 1, isTooWide(lines) {
            count -= max(1, count / 16)
            lines = self.lines(answers, columns: count)
        }
        return (lines, answers.columns.count - count)
    }

    private func lines(_ answers: Answers, columns count: Int? = nil) -> [String] {
        let count = count ?? answers.columns.count
        let shown = 0..<min(answers.lines, Self.mostLines)
        let cells = shown.map { answers.cells(ofLine: $0).prefix(count) }
        var table = TextTable(
            answers.columns.prefix(count).enumerated().map { index, name in
                let isText = cells.contains { if case .text = $0[index] { true } else { false } }
                return (Console.printable(name), isText ? .left : .right)
            })
        for row in cells { table.append(row.map(Self.text)) }
        return table.lines
    }

    /// Probabilities with four digits behind the point; other numbers so, or with four in all.
    static func text(_ cell: AnswerCell) -> String {
        switch cell {
        case .missing: "n/a"
        case .integer(let value): "\(value)"
        case .probability(let value): value.isNaN ? "n/a" : String(format: "%.4f", value)
        case .number(let value): value.isInfinite ? "\(value)" : Figures.figure(Double(value))
        case .text(let text): text
        }
    }
}
