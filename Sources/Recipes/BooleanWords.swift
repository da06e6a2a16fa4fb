/// The texts that say yes or no, in any case.
package enum BooleanWords {
    private static let pairs = [("false", "true"), ("no", "yes"), ("f", "t"), ("n", "y"), ("off", "on"), ("0", "1")]

    /// What one says; nil for any other text. Blanks don't count.
    package static func value(_ text: some StringProtocol) -> Bool? { place(text)?.value }

    /// Which of the pairs a text is of, and what it says there.
    package static func place(_ text: some StringProtocol) -> (pair: Int, value: Bool)? {
        // None is longer.
        guard text.utf8.count <= 5 else { return nil }
        let text = text.lowercased()
        for (pair, words) in pairs.enumerated() {
            if text == words.0 { return (pair, false) }
            if text == words.1 { return (pair, true) }
        }
        return nil
    }

    /// The other text of its pair, in small letters.
    package static func other(_ text: some StringProtocol) -> String? {
        place(text).map { $0.value ? pairs[$0.pair].0 : pairs[$0.pair].1 }
    }

    /// For a sentence.
    package static let list = "true/false, yes/no, t/f, y/n, on/off, 1/0"
}
