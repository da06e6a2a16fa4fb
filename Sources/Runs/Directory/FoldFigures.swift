import Configuration
import Files
import Foundation
import Metrics

/// What the folds of a cross-validation came to together: `metrics.json` in its directory, beside those of the folds.
///
/// ```
/// {
///   "format": 1,
///   "folds": 5,
///   "validation": {"accuracy": {"mean": 0.964, "deviation": 0.011, "values": [0.95, 0.97], "rows": [24, 24]}}
/// }
/// ```
/// `deviation` is the sample standard deviation, with n - 1 in its denominator.
public struct FoldFigures: Sendable, Hashable {
    /// One figure of all folds.
    public struct Entry: Sendable, Hashable {
        public let name: String
        /// Of each fold, in order; NaN where it is not defined.
        public let values: [Double]
        /// On how many rows each was measured.
        public let rows: [Int]

        public init(_ name: String, _ values: [Double], rows: [Int]) {
            (self.name, self.values, self.rows) = (name, values, rows)
        }

        /// NaN where there is no fold, or one whose figure is not defined.
        public var mean: Double { values.reduce(0, +) / Double(values.count) }

        /// √(Σ (value - mean)² / (n - 1)); 0 for a single fold.
        public var deviation: Double {
            let mean = mean
            return (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(max(values.count - 1, 1))).squareRoot()
        }
    }

    public let folds: Int
    public private(set) var validation: [Entry] = []
    public private(set) var test: [Entry] = []

    /// - Parameter runs: what each fold came to, in order.
    public init(_ runs: [FinalFigures]) {
        folds = runs.count
        validation = Self.entries(runs.map(\.validation))
        test = Self.entries(runs.map(\.test))
    }

    private static func entries(_ runs: [[MeasuredFigure]]) -> [Entry] {
        (runs.first ?? []).indices.map { index in
            Entry(
                runs[0][index].name, runs.map { index < $0.count ? $0[index].value : .nan },
                rows: runs.map { index < $0.count ? $0[index].rows : 0 })
        }
    }

    /// By their names in the file.
    package var splits: [(name: String, entries: [Entry])] {
        [("validation", validation), ("test", test)].filter { !$0.1.isEmpty }
    }

    // MARK: - File

    package var node: JSONNode {
        func number(_ value: Double) -> JSONNode { value.isFinite ? JSONNode(value) : JSONNode(.null) }
        var node: JSONNode = ["format": JSONNode(FiguresFile.format), "folds": JSONNode(folds)]
        for (name, entries) in splits {
            node[name] = JSONNode(
                .object(
                    entries.map { entry in
                        JSONNode.Member(
                            key: entry.name,
                            value: [
                                "mean": number(entry.mean), "deviation": number(entry.deviation),
                                "values": JSONNode(entry.values.map(number)),
                                "rows": JSONNode(entry.rows.map { JSONNode($0) }),
                            ])
                    }))
        }
        return node
    }

    /// Writes the file, whole or not at all.
    /// - Throws: `FileError` where it can't be written.
    package func write(to directory: String) throws {
        try AtomicFile.replace(FinalFigures.path(directory), with: node.jsonText())
    }

    /// Reads what a cross-validation came to.
    /// - Returns: nil where the directory has no such file, or that of a single run.
    /// - Throws: `FileError` for a file that is damaged.
    public init?(directory: String) throws {
        let read = try FiguresFile.read(directory, areOfFolds: true) { root -> FoldFigures in
            func entries(_ name: String) -> [Entry] {
                guard let split = root.object(name) else { return [] }
                return split.presentKeys.compactMap { key in
                    guard let own = split.object(key) else { return nil }
                    var values: [Double] = []
                    if case .array(let nodes)? = own.node("values")?.value {
                        // What is not defined is null.
                        values = nodes.map { $0.asNumber ?? .nan }
                    }
                    return Entry(key, values, rows: own.integers("rows", in: 0...) ?? [])
                }
            }
            return FoldFigures(
                folds: root.requiredInteger("folds", in: 0...) ?? 0, validation: entries("validation"),
                test: entries("test"))
        }
        guard let read else { return nil }
        self = read
    }

    private init(folds: Int, validation: [Entry], test: [Entry]) {
        (self.folds, self.validation, self.test) = (folds, validation, test)
    }
}
