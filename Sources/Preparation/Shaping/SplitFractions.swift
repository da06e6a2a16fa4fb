/// The parts into which rows are to be split, such as `train=0.8,validation=0.1,test=0.1`.
package struct SplitFractions: Sendable, Hashable {
    package let parts: [Part]

    package struct Part: Sendable, Hashable {
        package let name: String
        package let fraction: Double
    }

    /// What is wrong with the text, as a sentence.
    package struct Mistake: Error, Hashable, CustomStringConvertible {
        package let description: String
    }

    package init(_ parts: [(name: String, fraction: Double)]) throws(Mistake) {
        guard !parts.isEmpty else { throw Mistake(description: "no splits are named") }
        for (index, part) in parts.enumerated() {
            guard !part.name.isEmpty, part.name != ".", part.name != "..",
                !part.name.contains(where: { "/= ".contains($0) || $0.isNewline })
            else {
                throw Mistake(description: "'\(part.name)' is no name for a split")
            }
            guard part.fraction > 0, part.fraction <= 1 else {
                throw Mistake(
                    description: "the fraction of '\(part.name)' is \(part.fraction); it must be above 0 and at most 1")
            }
            guard !parts[..<index].contains(where: { $0.name == part.name }) else {
                throw Mistake(description: "the split '\(part.name)' is named twice")
            }
        }
        let sum = parts.reduce(0) { $0 + $1.fraction }
        guard abs(sum - 1) < 1e-6 else {
            let rounded = (sum * 1e6).rounded() / 1e6
            throw Mistake(description: "the fractions add up to \(rounded), not to 1")
        }
        self.parts = parts.map { Part(name: $0.name, fraction: $0.fraction) }
    }

    /// - Parameter text: `name=fraction` pairs with commas between them.
    package init(_ text: String) throws(Mistake) {
        var parts: [(name: String, fraction: Double)] = []
        for word in text.split(separator: ",", omittingEmptySubsequences: false) {
            let halves = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard halves.count == 2, let fraction = Double(halves[1].trimming()) else {
                throw Mistake(description: "'\(word)' is no name=fraction, such as train=0.8")
            }
            parts.append((halves[0].trimming(), fraction))
        }
        try self.init(parts)
    }

    /// So many of `rows` for each part: their shares rounded down, and what is left to those with the largest
    /// remainders; of equal ones, to the first.
    func counts(of rows: Int) -> [Int] {
        var carry = Array(repeating: 0.0, count: parts.count)
        return counts(of: rows, carry: &carry)
    }

    /// - Parameter carry: what each part has been owed so far, in rows.
    func counts(of rows: Int, carry: inout [Double]) -> [Int] {
        let ideal = parts.indices.map { parts[$0].fraction * Double(rows) + carry[$0] }
        // A little is forgiven, so that 0.1 of 30 is 3.
        var counts = ideal.map { max(0, Int(($0 + 1e-9).rounded(.down))) }
        func remainder(_ index: Int) -> Double { ideal[index] - Double(counts[index]) }
        var missing = rows - counts.reduce(0, +)
        while missing > 0, let index = parts.indices.max(by: { remainder($0) + 1e-9 < remainder($1) }) {
            let first = parts.indices.first { remainder($0) >= remainder(index) - 1e-9 } ?? index
            counts[first] += 1
            missing -= 1
        }
        while missing < 0,
            let index = parts.indices.filter({ counts[$0] > 0 }).min(by: { remainder($0) < remainder($1) })
        {
            counts[index] -= 1
            missing += 1
        }
        for index in parts.indices { carry[index] = ideal[index] - Double(counts[index]) }
        return counts
    }
}

extension Substring {
    fileprivate func trimming() -> String {
        var text = self
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
