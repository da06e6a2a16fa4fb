import Interchange

/// Names the rows that are not answered for.
enum LeftOutRows {
    static let most = 20

    static func tell(_ rows: AnswerRows) {
        guard let line = line(rows) else { return }
        Console.error(line)
    }

    /// `note: 2 of 10 rows are left out: 4, 7`.
    static func line(_ rows: AnswerRows) -> String? {
        guard !rows.leftOut.isEmpty else { return nil }
        let names = rows.leftOut.prefix(most).map { row -> String in
            let (file, number) = rows.place(ofRow: row)
            guard let file else { return "\(number)" }
            return rows.areFiles ? file : "\(file) \(number)"
        }
        let count = rows.leftOut.count
        return
            "note: \(Figures.count(count)) of \(Figures.count(rows.count + count, "row")) \(count == 1 ? "is" : "are") left "
            + "out: \(names.joined(separator: ", "))" + (count > most ? " and \(Figures.count(count - most)) more" : "")
    }
}
