/// The word among `words` that `word` was probably meant to be; nil when none is near.
///
/// Distance is Damerau-Levenshtein's in its restricted form (optimal string alignment): the fewest insertions,
/// deletions, substitutions and swaps of neighbours, upper and lower case being the same. A third of the
/// characters may be wrong, and one in a short word. Of equally near words the first is taken.
package func nearestWord(to word: String, among words: [String]) -> String? {
    // Longer than any word that is known.
    guard word.utf8.count <= 400 else { return nil }
    let letters = Array(word.lowercased())
    let threshold = max(1, letters.count / 3)
    var nearest: (word: String, distance: Int)?
    for candidate in words {
        let other = Array(candidate.lowercased())
        guard abs(other.count - letters.count) <= threshold else { continue }
        let distance = editDistance(letters, other)
        if distance <= threshold, distance < nearest?.distance ?? Int.max { nearest = (candidate, distance) }
    }
    return nearest?.word
}

/// Time is the product of the two lengths, memory three rows.
func editDistance(_ first: [Character], _ second: [Character]) -> Int {
    var twoAbove: [Int] = []
    var above = Array(0...second.count)
    for i in 0..<first.count {
        var row = [i + 1]
        row.reserveCapacity(second.count + 1)
        for j in 0..<second.count {
            let substitution = above[j] + (first[i] == second[j] ? 0 : 1)
            var best = min(substitution, above[j + 1] + 1, row[j] + 1)
            if i > 0, j > 0, first[i] == second[j - 1], first[i - 1] == second[j] {
                best = min(best, twoAbove[j - 1] + 1)
            }
            row.append(best)
        }
        twoAbove = above
        above = row
    }
    return above[second.count]
}

/// What is said of a word that is not known: "unknown loss 'hubr'; did you mean 'huber'?". All sentences about unknown
/// words are made here.
package func unknownWord(_ word: String, noun: String, among words: [String]) -> String {
    "unknown \(noun) '\(JSONNode.escaped(String(word.prefix(80))))'; \(suggestion(for: word, among: words))"
}

/// The same where it is known what such a word stands for elsewhere: "unknown metric 'acc'; did you mean 'accuracy'?".
package func unknownWord(_ word: String, noun: String, meant: [String]) -> String {
    let words = meant.map { "'\($0)'" }
    return "unknown \(noun) '\(JSONNode.escaped(String(word.prefix(80))))'; did you mean "
        + (words.count > 1 ? words.dropLast().joined(separator: ", ") + " or " : "") + (words.last ?? "") + "?"
}

/// The tail of a sentence about an unknown word: the nearest known one, or all of them.
func suggestion(for word: String, among words: [String]) -> String {
    if let nearest = nearestWord(to: word, among: words) { return "did you mean '\(nearest)'?" }
    return words.isEmpty ? "none is known here" : "known: " + listed(words)
}

func listed(_ words: [String]) -> String { words.map { "'\($0)'" }.joined(separator: ", ") }
