/// Sentences cut between words, so that a terminal does not cut them within.
enum ProseWrap {
    /// A text whose lines have no more than so many characters, where they are prose. A word that is longer stays whole, and
    /// so does what is to be copied: a command, which goes on a line of its own where there is no room for it, Python at the end
    /// of a sentence, JSON, and rows of tables, which have more than one space between their columns.
    /// - Parameter width: nil for no limit.
    static func text(_ text: String, within width: Int?) -> String {
        guard let width, width >= least, text.count > width else { return text }
        return text.split(separator: "\n", omittingEmptySubsequences: false).map { line(String($0), width) }.joined(
            separator: "\n")
    }

    /// Narrower terminals get lines as they are.
    private static let least = 20

    private static func line(_ line: String, _ width: Int) -> String {
        guard line.count > width else { return line }
        let indent = String(line.prefix { $0 == " " })
        var prose = line.dropFirst(indent.count)
        if let first = prose.first, "{[".contains(first) || prose.hasPrefix("stormo ") { return line }
        if prose.contains("  ") { return labelled(prose, indent, width) ?? line }
        var code: Substring?
        if let place = prose.firstRange(of: "python3 -c ") {
            (prose, code) = (prose[..<place.lowerBound], prose[place.lowerBound...])
        }
        return (wrapped(prose, indent, width) + (code.map { [String($0)] } ?? [])).joined(separator: "\n")
    }

    /// What stands behind a label, in a column of its own; nil for a row of more columns.
    private static func labelled(_ line: Substring, _ indent: String, _ width: Int) -> String? {
        guard let gap = line.firstRange(of: "  ") else { return nil }
        let label = line[..<gap.lowerBound]
        let text = line[gap.upperBound...].drop { $0 == " " }
        guard !text.contains("  "), !text.isEmpty else { return nil }
        let column = indent.count + line.count - text.count
        let longest = text.split(separator: " ").map(\.count).max() ?? 0
        // Below the label where a word has no room beside it.
        guard column + longest <= width else {
            let inner = indent + "  "
            return inner.count + longest > width
                ? nil : ([indent + label] + wrapped(text, inner, width)).joined(separator: "\n")
        }
        let lines = wrapped(text, String(repeating: " ", count: column), width)
        return (indent + line.dropLast(text.count)) + lines.joined(separator: "\n").dropFirst(column)
    }

    /// Words, and commands as one: from `stormo` to the end of that part of the sentence, unless it goes on behind a command that
    /// is longer than a line.
    private static func units(_ prose: Substring, _ width: Int) -> [String] {
        let words = prose.split(separator: " ").map(String.init)
        var units: [String] = []
        var index = 0
        while index < words.count {
            var end = index
            if words[index] == "stormo" {
                while end < words.count - 1, let last = words[end].last, !",;:?!)".contains(last) { end += 1 }
            }
            let command = words[index...end].joined(separator: " ")
            if command.count > width, end < words.count - 1 { end = index }
            units.append(end > index ? command : words[index])
            index = end + 1
        }
        return units
    }

    private static func wrapped(_ prose: Substring, _ indent: String, _ width: Int) -> [String] {
        var lines: [String] = []
        var own = indent
        for word in units(prose, width - indent.count) {
            if own.count > indent.count, own.count + 1 + word.count > width {
                lines.append(own)
                own = indent
            }
            own += (own.count > indent.count ? " " : "") + word
        }
        return own.count > indent.count ? lines + [own] : lines
    }
}
