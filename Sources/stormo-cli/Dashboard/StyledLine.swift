/// A line of text in pieces, each in a style of its own.
struct StyledLine: Equatable, ExpressibleByStringLiteral {
    struct Piece: Equatable {
        var text: String
        var style: Console.Style
    }

    private(set) var pieces: [Piece]

    init(_ text: String = "", _ style: Console.Style = .plain) {
        pieces = text.isEmpty ? [] : [Piece(text: Console.printable(text), style: style)]
    }

    init(stringLiteral text: String) { self.init(text) }

    /// Without styles.
    var text: String { pieces.map(\.text).joined() }
    /// In characters.
    var count: Int { pieces.reduce(0) { $0 + $1.text.count } }

    static func + (first: StyledLine, second: StyledLine) -> StyledLine {
        var line = first
        line.pieces += second.pieces
        return line
    }

    static func += (line: inout StyledLine, more: StyledLine) { line = line + more }

    /// Filled up with spaces.
    func padded(to width: Int) -> StyledLine { self + StyledLine(String(repeating: " ", count: max(width - count, 0))) }

    /// At most so many characters, of which the last then says that there is more.
    func cut(to width: Int, isUnicode: Bool) -> StyledLine {
        guard count > width else { return self }
        let sign = isUnicode ? "…" : "~"
        var (line, room) = (StyledLine(), max(width - 1, 0))
        for piece in pieces where room > 0 {
            let text = String(piece.text.prefix(room))
            line.pieces.append(Piece(text: text, style: piece.style))
            room -= text.count
        }
        return width > 0 ? line + StyledLine(sign) : StyledLine()
    }

    /// As a terminal takes it.
    func rendered(isColored: Bool) -> String {
        guard isColored else { return text }
        return pieces.map { $0.style == .plain ? $0.text : $0.style.rawValue + $0.text + "\u{1B}[0m" }.joined()
    }
}
