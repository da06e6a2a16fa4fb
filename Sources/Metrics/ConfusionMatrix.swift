/// How often each class was taken for which.
public struct ConfusionMatrix: Sendable, Hashable {
    public let classes: Int
    /// classes × classes rows, true by predicted, row-major.
    public private(set) var counts: [Int]
    /// Per true class, the rows that got no prediction, since it held a NaN. They count as wrong.
    public private(set) var unpredicted: [Int]

    /// A matrix from `counts`, classes × classes, true by predicted, row-major.
    ///
    /// - Precondition: `counts` has classes × classes values, and `unpredicted`, if given, one per class.
    package init(classes: Int, counts: [Int], unpredicted: [Int]? = nil) {
        precondition(classes >= 1 && counts.count == classes * classes, "a confusion matrix is square")
        precondition(unpredicted == nil || unpredicted?.count == classes, "one count per class")
        self.classes = classes
        self.counts = counts
        self.unpredicted = unpredicted ?? Array(repeating: 0, count: classes)
    }

    /// From classes × (classes + 1) counts whose last column is of rows without a prediction.
    init(classes: Int, table: UnsafeMutableBufferPointer<Int>) {
        self.classes = classes
        counts = []
        counts.reserveCapacity(classes * classes)
        unpredicted = []
        for row in 0..<classes {
            let start = row * (classes + 1)
            counts += table[start..<start + classes]
            unpredicted.append(table[start + classes])
        }
    }

    /// The rows of class `truth` that were predicted as class `predicted`.
    public subscript(truth: Int, predicted: Int) -> Int { counts[truth * classes + predicted] }

    /// The rows that belong to a class.
    public func support(of index: Int) -> Int {
        counts[index * classes..<(index + 1) * classes].reduce(unpredicted[index], +)
    }

    /// The rows that were predicted as a class.
    public func predictions(of index: Int) -> Int {
        (0..<classes).reduce(0) { $0 + self[$1, index] }
    }

    public var total: Int { counts.reduce(0, +) + unpredicted.reduce(0, +) }

    public var correct: Int { (0..<classes).reduce(0) { $0 + self[$1, $1] } }

    /// The share of right rows; NaN of none.
    public var accuracy: Double { Double(correct) / Double(total) }

    /// Of the rows predicted as the class, the share that belongs to it; 0 of none.
    public func precision(of index: Int) -> Double { quotient(self[index, index], predictions(of: index)) }

    /// Of the rows that belong to the class, the share predicted as such; 0 of none.
    public func recall(of index: Int) -> Double { quotient(self[index, index], support(of: index)) }

    /// The harmonic mean of precision and recall, 2·TP / (2·TP + FP + FN); 0 of none.
    public func f1(of index: Int) -> Double {
        quotient(2 * self[index, index], predictions(of: index) + support(of: index))
    }

    /// Whether a class occurs among the targets or the predictions; the macro means are over such classes.
    public func occurs(_ index: Int) -> Bool { support(of: index) + predictions(of: index) > 0 }

    /// The unweighted mean of the classes' precision; NaN of no rows.
    public var macroPrecision: Double { macro(precision) }
    /// The unweighted mean of the classes' recall; NaN of no rows.
    public var macroRecall: Double { macro(recall) }
    /// The unweighted mean of the classes' F1; NaN of no rows.
    public var macroF1: Double { macro(f1) }

    private func macro(_ figure: (Int) -> Double) -> Double {
        let occurring = (0..<classes).filter(occurs)
        return occurring.reduce(0) { $0 + figure($1) } / Double(occurring.count)
    }

    private func quotient(_ part: Int, _ whole: Int) -> Double {
        whole == 0 ? 0 : Double(part) / Double(whole)
    }
}
