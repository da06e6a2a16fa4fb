import Preparation

/// Pictures side by side, each with a caption below it.
struct PictureGrid {
    let pictures: [CharacterPicture]
    let captions: [String]
    /// Those of the terminal.
    let columns: Int

    private static let widestPicture = 64

    func lines(_ style: CharacterPicture.Style) -> [String] {
        let most = min(columns, Self.widestPicture)
        guard let width = pictures.first?.drawnColumns(style, columns: most) else { return [] }
        let captions = captions.map(Console.printable)
        let cell = max(width, captions.map(\.count).max() ?? 0) + 2
        let across = max(1, (columns + 2) / cell)
        var lines: [String] = []
        for start in stride(from: 0, to: pictures.count, by: across) {
            let group = start..<min(start + across, pictures.count)
            let drawn = group.map { pictures[$0].lines(style, columns: most) }
            // Escape sequences take no columns, hence the padding by what is known of the width.
            let gap = String(repeating: " ", count: cell - width)
            for line in drawn[0].indices { lines.append(trimmed(drawn.map { $0[line] }.joined(separator: gap))) }
            lines.append(
                trimmed(
                    group.map { captions[$0] + String(repeating: " ", count: cell - captions[$0].count) }.joined()))
            lines.append("")
        }
        return lines
    }

    private func trimmed(_ line: String) -> String {
        var line = line
        while line.last == " " { line.removeLast() }
        return line
    }
}
