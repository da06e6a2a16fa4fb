import Kernels

/// Rows class after class: what a split that keeps the shares of the classes, and folds, are dealt from.
///
/// Who splits says which numbers mix the rows of each class, so that a seed gives the same rows as ever.
package struct RowsByClass: Sendable {
    /// The rows, those of the smallest label first; within a class in their order until they are mixed.
    package private(set) var rows: [Int]
    /// How many rows each class has, by ascending label.
    package let sizes: [Int]

    /// - Parameters:
    ///   - labels: the class of each row; nil where all rows are of one class.
    package init(rows count: Int, labels: [Int]?) {
        rows = Array(0..<count)
        guard let labels else {
            sizes = [count]
            return
        }
        var counts: [Int: Int] = [:]
        for label in labels { counts[label, default: 0] += 1 }
        let known = counts.sorted { $0.key < $1.key }
        sizes = known.map(\.value)
        var next: [Int: Int] = [:]
        var start = 0
        for (label, size) in known {
            next[label] = start
            start += size
        }
        for (row, label) in labels.enumerated() {
            rows[next[label, default: 0]] = row
            next[label, default: 0] += 1
        }
    }

    /// Mixes the rows of each class, one class after the other.
    /// - Parameter random: gives the numbers for a class, by its place.
    package mutating func shuffle(_ random: (_ index: Int) -> Philox) {
        forEachClass { index, rows in
            var random = random(index)
            random.shuffle(rows)
        }
    }

    /// Mixes the rows of each class, one class after the other, with numbers that follow each other.
    package mutating func shuffle(_ random: inout Philox) {
        forEachClass { _, rows in random.shuffle(rows) }
    }

    private mutating func forEachClass(_ body: (_ index: Int, _ rows: UnsafeMutableBufferPointer<Int>) -> Void) {
        rows.withUnsafeMutableBufferPointer { rows in
            var start = 0
            for (index, size) in sizes.enumerated() {
                body(index, UnsafeMutableBufferPointer(rebasing: rows[start..<start + size]))
                start += size
            }
        }
    }

    /// Deals the rows out: of each class so many to each part.
    /// - Parameters:
    ///   - counts: for each class the numbers of rows of the parts, which add up to its size.
    ///   - take: told of each row, and of its part.
    package func deal(_ counts: [[Int]], to take: (_ row: Int, _ part: Int) -> Void) {
        var next = 0
        for own in counts {
            for (part, count) in own.enumerated() {
                for row in rows[next..<next + count] { take(row, part) }
                next += count
            }
        }
    }
}
