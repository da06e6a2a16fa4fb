import Charts
import Configuration
import Files
import Runs

/// The figure by which runs are compared: the best value that a column of `metrics.csv` had, such as `validation_loss`, or
/// what the test came to, such as `test_accuracy`.
package struct ComparedFigure: Sendable {
    /// A run's value, or the mean of several.
    package struct Value: Sendable, Hashable {
        package var mean: Double
        /// Of the sample; nil of a single value.
        package var deviation: Double?
        /// Of a single run's best epoch.
        package var epoch: Int?

        /// - Parameter values: one at least.
        init(_ values: [Double]) {
            let entry = FoldFigures.Entry("", values, rows: [])
            mean = entry.mean
            deviation = values.count > 1 ? entry.deviation : nil
        }

        init(_ value: Double, epoch: Int) { (mean, self.epoch) = (value, epoch) }
    }

    package let name: String
    /// Which way is better; nil where neither is, as of the learning rate, whose last value counts.
    package let direction: Finding.Direction?
    /// Whether it is that of the test, and no epoch's.
    package let isOfTest: Bool

    private static let (test, train, validation) = ("test_", "train_", "validation_")

    /// - Parameters:
    ///   - wanted: a column; a test's figure with `test_` before it; or a figure's plain name, which is that of validation
    ///     where the runs have one. Nil for the figure that most of the runs watch.
    /// - Returns: nil where no figure is wanted and no run watches one.
    /// - Throws: `ReportError` where no run has it.
    package init?(_ wanted: String?, of runs: [RunSummary]) throws {
        guard let wanted else {
            let watched = runs.flatMap { $0.parts.compactMap(\.state.best?.monitor) }
            var counts: [String: Int] = [:]
            for name in watched { counts[name, default: 0] += 1 }
            let most = counts.values.max()
            guard let name = watched.first(where: { counts[$0] == most }) else { return nil }
            self.init(name, isOfTest: false)
            return
        }
        let columns = Set(runs.flatMap { $0.parts.flatMap { RunHistory.columns(of: $0.directory) } })
        let tested = Set(runs.flatMap { Self.tested($0).map { Self.test + $0.name } })
        // An output may be called test or train.
        if columns.contains(Self.validation + wanted) {
            self.init(Self.validation + wanted, isOfTest: false)
        } else if columns.contains(wanted) {
            self.init(wanted, isOfTest: false)
        } else if tested.contains(wanted) {
            self.init(wanted, isOfTest: true)
        } else if wanted.hasPrefix(Self.train), columns.contains(String(wanted.dropFirst(Self.train.count))) {
            self.init(String(wanted.dropFirst(Self.train.count)), isOfTest: false)
        } else {
            let known = columns.union(tested).sorted()
            let near = nearestWord(to: wanted, among: known).map { "did you mean '\($0)'?" }
            throw ReportError(
                "no run has the figure '\(wanted)'"
                    + (known.isEmpty ? "" : "; \(near ?? "there are: " + known.joined(separator: ", "))"))
        }
    }

    private init(_ name: String, isOfTest: Bool) {
        (self.name, self.isOfTest) = (name, isOfTest)
        direction = FigureDirection.of(isOfTest ? String(name.dropFirst(Self.test.count)) : name)
    }

    /// - Returns: nil where the run has no such figure, or none yet.
    /// - Throws: `FileError` where `metrics.csv` is damaged.
    func value(of run: RunSummary) throws -> Value? {
        if isOfTest {
            guard let entry = Self.tested(run).first(where: { Self.test + $0.name == name }) else { return nil }
            return entry.values.isEmpty ? nil : Value(entry.values)
        }
        let values = try run.parts.compactMap { part in
            // What the run watches is in its state; for the rest its table is read.
            if let best = part.state.best, best.monitor == name { return Value(best.value, epoch: best.epoch) }
            guard RunHistory.columns(of: part.directory).contains(name),
                let history = try RunHistory(soFar: part.directory)
            else { return nil }
            return history.best(name, direction).map { Value($0.value, epoch: $0.epoch) }
        }
        return run.folds == nil ? values.first : values.isEmpty ? nil : Value(values.map(\.mean))
    }

    private static func tested(_ run: RunSummary) -> [(name: String, values: [Double])] {
        switch run.final {
        case .run(let figures): figures.test.map { ($0.name, [$0.value]) }
        case .folds(let figures): figures.test.map { ($0.name, $0.values) }
        case nil: []
        }
    }

    /// Whether a value is better than another; where neither way is, the smaller comes first.
    func isBetter(_ value: Double, than other: Double) -> Bool {
        direction == .highest ? value > other : value < other
    }
}
