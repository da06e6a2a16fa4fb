import Configuration
import Files
import Foundation
import Metrics

/// What a run came to: `metrics.json` in its directory, the one home of the final figures, from which the model file, `stormo
/// runs` and reports have them.
///
/// ```
/// {
///   "format": 1,
///   "epoch": 20,
///   "train": {"loss": {"value": 0.0131, "rows": 1258, "baseline": null, "interval": null}},
///   "test": {"accuracy": {"value": 0.9749, "rows": 359, "baseline": {"answer": "commonest class", "value": 0.1031},
///     "interval": {"level": 0.95, "lower": 0.9532, "upper": 0.9867}}}
/// }
/// ```
/// `epoch`, counted from 1, is the one whose parameters the model has. The figures of `train` are means over that epoch, taken
/// before each step, as in `metrics.csv`; those of `validation` and `test` are the model's own, with the thresholds that were
/// chosen. Each has its number of rows, and where they are known what the simplest answer gets on these (`baseline`) and a 95%
/// interval. A figure that is not defined is null.
public struct FinalFigures: Sendable, Hashable {
    /// The epoch whose parameters the model has; nil where none was completed.
    public var epoch: Int?
    public var train: [MeasuredFigure] = []
    /// Empty where the run has no such split.
    public var validation: [MeasuredFigure] = []
    public var test: [MeasuredFigure] = []

    public static let fileName = FiguresFile.name

    public init(epoch: Int? = nil) { self.epoch = epoch }

    /// By their names in the file.
    var splits: [(name: String, figures: [MeasuredFigure])] {
        [("train", train), ("validation", validation), ("test", test)].filter { !$0.1.isEmpty }
    }

    /// A loss and the metrics beside it.
    /// - Parameter rows: how many they were measured on.
    package static func figures(
        _ loss: Double?, _ metrics: [Double]?, of kinds: [any Figure], rows: Int
    ) -> [MeasuredFigure] {
        guard let loss else { return [] }
        return [MeasuredFigure(name: "loss", value: loss, rows: rows)]
            + zip(kinds, metrics ?? []).map { MeasuredFigure(name: $0.name, value: $1, rows: rows) }
    }
}

// MARK: - File

extension FinalFigures {
    package var node: JSONNode {
        var node: JSONNode = [
            "format": JSONNode(FiguresFile.format), "epoch": epoch.map { JSONNode($0) } ?? JSONNode(.null),
        ]
        for (name, figures) in splits {
            node[name] = JSONNode(.object(figures.map { JSONNode.Member(key: $0.name, value: $0.node) }))
        }
        return node
    }

    package static func path(_ directory: String) -> String { FiguresFile.path(directory) }

    /// Writes the file, whole or not at all.
    /// - Throws: `FileError` where it can't be written.
    package func write(to directory: String) throws {
        try AtomicFile.replace(Self.path(directory), with: node.jsonText())
    }

    /// Reads what a run came to.
    /// - Returns: nil where the directory has no such file, as while the run goes on, or that of a cross-validation.
    /// - Throws: `FileError` for a file that is damaged.
    public init?(directory: String) throws {
        let read = try FiguresFile.read(directory, areOfFolds: false) { root -> FinalFigures in
            var own = FinalFigures(epoch: root.optionalInteger("epoch", in: 0...))
            func figures(_ name: String) -> [MeasuredFigure] {
                guard let split = root.object(name) else { return [] }
                return split.presentKeys.compactMap { key in
                    split.object(key).flatMap { MeasuredFigure($0, name: key) }
                }
            }
            (own.train, own.validation, own.test) = (figures("train"), figures("validation"), figures("test"))
            return own
        }
        guard let read else { return nil }
        self = read
    }
}

extension MeasuredFigure {
    /// Nil where a mistake has been noted.
    fileprivate init?(_ reader: ObjectReader, name: String) {
        let value = reader.optionalNumber("value")
        guard let rows = reader.requiredInteger("rows", in: 0...) else { return nil }
        var (baseline, interval): (Baseline?, ConfidenceInterval?) = (nil, nil)
        if let own = reader.object("baseline"), let answer = own.requiredChoice("answer", of: Answer.self) {
            baseline = Baseline(answer, own.optionalNumber("value") ?? .nan)
        }
        if let own = reader.object("interval"), let lower = own.optionalNumber("lower"),
            let upper = own.optionalNumber("upper")
        {
            interval = ConfidenceInterval(lower, upper)
        }
        self.init(name: name, value: value ?? .nan, rows: rows, baseline: baseline, interval: interval)
    }
}
