/// The line that is drawn while a dataset is made, fitted to a width.
struct RateText {
    let isUnicode: Bool

    /// `converting  ━━━━┄┄┄┄  41%  12,288 rows  85k rows/s  0:03 left`.
    /// - Parameters:
    ///   - total: 0 where it is not known.
    ///   - elapsed: in seconds.
    ///   - width: the columns of the terminal; the last stays free, as some terminals wrap there.
    func line(_ label: String, done: Int, total: Int, rows: Int, elapsed: Double, width: Int) -> String {
        let share = total > 0 ? min(max(Double(done) / Double(total), 0), 1) : nil
        // The most important first.
        var pieces = [label]
        if let share { pieces.append("\(Int(share * 100))%") }
        if rows > 0 { pieces.append(Figures.count(rows, "row")) }
        if rows > 0, elapsed > 0.2 { pieces.append("\(Figures.short(Double(rows) / elapsed)) rows/s") }
        if let share, share > 0, elapsed > 0.5 {
            pieces.append("\(Figures.time(seconds: elapsed * (1 - share) / share)) left")
        }
        var line = pieces[0]
        for piece in pieces.dropFirst() where line.count + 2 + piece.count < width { line += "  " + piece }
        let spare = width - 1 - line.count - 2
        if let share, spare >= 10 {
            let rest = line.dropFirst(label.count)
            line = label + "  " + bar(share, cells: min(spare, 30)) + rest
        }
        return String(line.prefix(max(width - 1, 1)))
    }

    private func bar(_ share: Double, cells: Int) -> String {
        guard isUnicode else {
            let full = Int(share * Double(cells - 2))
            return "[" + String(repeating: "#", count: full) + String(repeating: ".", count: cells - 2 - full) + "]"
        }
        let full = Int(share * Double(cells))
        return String(repeating: "━", count: full) + String(repeating: "┄", count: cells - full)
    }
}
