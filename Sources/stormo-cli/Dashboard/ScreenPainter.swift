/// Turns pictures of lines into what a terminal has to be sent: the lines that changed since the last picture alone, which are
/// few bytes over a slow connection.
struct ScreenPainter {
    let isColored: Bool
    private var shown: [StyledLine] = []
    private var size: (columns: Int, rows: Int) = (0, 0)

    init(isColored: Bool) { self.isColored = isColored }

    /// - Parameter isNew: whether the screen has been cleared meanwhile.
    mutating func text(for lines: [StyledLine], columns: Int, rows: Int, isNew: Bool) -> String {
        var text = ""
        if isNew || size != (columns, rows) {
            text = "\u{1B}[2J"
            (shown, size) = ([], (columns, rows))
        }
        for row in 0..<max(lines.count, shown.count) {
            let line = row < lines.count ? lines[row] : StyledLine()
            let before = row < shown.count ? shown[row] : StyledLine()
            guard line != before else { continue }
            text += "\u{1B}[\(row + 1);1H" + line.rendered(isColored: isColored)
            // At the last column this would take the last character.
            if line.count < before.count, line.count < columns { text += "\u{1B}[K" }
        }
        shown = lines
        return text
    }
}
