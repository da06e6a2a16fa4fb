/// Sentences for a person, such as warnings: each once, with how often it came, and of many that differ in names and numbers
/// alone the first three.
struct SentenceList {
    /// A line each, in the order in which they came.
    let lines: [String]

    private static let mostAlike = 3

    init(_ sentences: [String]) {
        var counts: [String: Int] = [:]
        for sentence in sentences { counts[sentence, default: 0] += 1 }
        var alike: [String: Int] = [:]
        for sentence in counts.keys { alike[Self.form(of: sentence), default: 0] += 1 }
        var lines: [String] = []
        var shown: [String: Int] = [:]
        var told: Set<String> = []
        for sentence in sentences where told.insert(sentence).inserted {
            let form = Self.form(of: sentence)
            let before = shown[form, default: 0]
            shown[form] = before + 1
            guard before < Self.mostAlike else { continue }
            let times = counts[sentence, default: 1]
            lines.append(sentence + (times > 1 ? " (\(times) times)" : ""))
            let more = alike[form, default: 0] - Self.mostAlike
            if before == Self.mostAlike - 1, more > 0 { lines.append("… and \(Figures.count(more)) more of this kind") }
        }
        self.lines = lines
    }

    /// A sentence without what stands in quotes and without its numbers.
    private static func form(of sentence: String) -> String {
        var form = ""
        var isQuoted = false
        for character in sentence {
            if character == "'" { isQuoted.toggle() }
            if !isQuoted, !character.isNumber { form.append(character) }
        }
        return form
    }
}
