/// The confusion matrix: the number of rows for each pair of true class and predicted class.
///
/// Classes are indices from 0 to `classes` - 1.
public struct ConfusionMatrix: Sendable, Hashable {
    /// The number of classes.
    public let classes: Int
    /// The numbers of rows, true class × predicted class, row-major: `classes`² of them.
    public private(set) var counts: [Int]
    /// For each true class, the number of rows without a predicted class, since a prediction was NaN. They are wrong.
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

    /// The number of rows of class `truth` that were predicted as class `predicted`.
    public subscript(truth: Int, predicted: Int) -> Int { counts[truth * classes + predicted] }

    /// The number of rows that belong to a class.
    public func support(of index: Int) -> Int {
        counts[index * classes..<(index + 1) * classes].reduce(unpredicted[index], +)
    }

    /// The number of rows that were predicted as a class.
    public func predictions(of index: Int) -> Int {
        (0..<classes).reduce(0) { $0 + self[$1, index] }
    }

    /// The number of all rows, those without a predicted class included.
    public var total: Int { counts.reduce(0, +) + unpredicted.reduce(0, +) }

    /// The number of rows that were predicted correctly.
    public var correct: Int { (0..<classes).reduce(0) { $0 + self[$1, $1] } }

    /// The share of rows that were predicted correctly; NaN without rows.
    public var accuracy: Double { Double(correct) / Double(total) }

    /// TP / (TP + FP): of the rows predicted as the class, the share that belongs to it; 0 where there are none.
    public func precision(of index: Int) -> Double { quotient(self[index, index], predictions(of: index)) }

    /// TP / (TP + FN): of the rows that belong to the class, the share predicted as that class; 0 where there are none.
    public func recall(of index: Int) -> Double { quotient(self[index, index], support(of: index)) }

    /// The harmonic mean of precision and recall, 2·TP / (2·TP + FP + FN); 0 where the class does not occur.
    public func f1(of index: Int) -> Double {
        quotient(2 * self[index, index], predictions(of: index) + support(of: index))
    }

    /// Whether a class occurs among the targets or the predictions. The macro means are over the classes that occur.
    public func occurs(_ index: Int) -> Bool { support(of: index) + predictions(of: index) > 0 }

    /// The unweighted mean precision of the classes that occur; NaN without rows.
    public var macroPrecision: Double { macro(precision) }
    /// The unweighted mean recall of the classes that occur; NaN without rows.
    public var macroRecall: Double { macro(recall) }
    /// The unweighted mean F1 score of the classes that occur; NaN without rows.
    public var macroF1: Double { macro(f1) }

    private func macro(_ figure: (Int) -> Double) -> Double {
        let occurring = (0..<classes).filter(occurs)
        return occurring.reduce(0) { $0 + figure($1) } / Double(occurring.count)
    }

    private func quotient(_ part: Int, _ whole: Int) -> Double {
        whole == 0 ? 0 : Double(part) / Double(whole)
    }
}
