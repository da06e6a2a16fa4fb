/// The tokens of a text by their frequency, and the number of each.
struct Vocabulary {
    /// The texts of the tokens, the most frequent first; nil for bytes, which are their own numbers.
    let tokens: [String]?
    /// How many there are.
    let count: Int
    /// The number of a token that is not among them.
    let unknown: Int?

    static let unknownToken = "<unknown>"

    /// By the number that `TokenReader` gives; -1 for what is unknown.
    private let numbers: [Int32]

    /// All bytes.
    init() {
        tokens = nil
        count = 256
        unknown = nil
        numbers = (0..<256).map { Int32($0) }
    }

    /// - Parameters:
    ///   - counts: how often each came.
    ///   - limit: the most that are kept; the first is then for all others.
    init(counts: [Int], limit: Int?, text: (Int) -> String) {
        var order = counts.indices.filter { counts[$0] > 0 }
        var entries = order.map { (count: counts[$0], text: text($0), index: $0) }
        entries.sort { $0.count != $1.count ? $0.count > $1.count : $0.text < $1.text }
        order = entries.map(\.index)
        let isCut = limit.map { order.count > $0 } ?? false
        if isCut, let limit { order = Array(order.prefix(limit - 1)) }
        unknown = isCut ? 0 : nil
        var numbers = [Int32](repeating: isCut ? 0 : -1, count: counts.count)
        for (number, index) in order.enumerated() { numbers[index] = Int32(number + (isCut ? 1 : 0)) }
        self.numbers = numbers
        let known = entries.prefix(order.count).map(\.text)
        tokens = isCut ? [Self.unknownToken] + known : known
        count = known.count + (isCut ? 1 : 0)
    }

    /// The number of a token; nil where it was not there when the tokens were counted.
    @inline(__always)
    func number(_ token: Int) -> Int32? {
        guard token >= 0, token < numbers.count, numbers[token] >= 0 else { return nil }
        return numbers[token]
    }
}
