import Configuration
import Interchange
import Metrics
import Network

extension TrainedModel {
    /// Whether an output is of several binary values.
    var hasSeveralLabels: Bool {
        objective.outputs.contains { output in
            if case .binary(let width) = output.targetForm { width > 1 } else { false }
        }
    }
}

/// How often each of several binary values of an output is right.
struct LabelFigures {
    /// Nil for the only one.
    let output: String?
    let names: [String]?
    let matrices: [ConfusionMatrix]
    /// The area under the ROC curve of each; nil where it was not measured.
    let areas: [Double]?
    /// Nil for ½.
    let thresholds: [Double]?

    private static let most = 100

    private func name(_ label: Int) -> String { names?[label] ?? "\(label)" }

    func print() {
        Console.print()
        if let output { Console.print(output) }
        var columns: [(String, TextTable.Alignment)] = [
            ("label", .left), ("precision", .right), ("recall", .right), ("f1", .right),
        ]
        if areas != nil { columns.append(("roc_auc", .right)) }
        columns += [("predicted", .right), ("true", .right), ("rows", .right)]
        if thresholds != nil { columns.append(("threshold", .right)) }
        var table = TextTable(columns)
        for (label, matrix) in matrices.prefix(Self.most).enumerated() {
            table.append(
                [
                    name(label), Figures.figure(matrix.precision(of: 1)), Figures.figure(matrix.recall(of: 1)),
                    Figures.figure(matrix.f1(of: 1)),
                ] + (areas.map { [Figures.figure($0[label])] } ?? [])
                    + [
                        Figures.count(matrix.predictions(of: 1)), Figures.count(matrix.support(of: 1)),
                        Figures.count(matrix.total),
                    ] + (thresholds.map { [Figures.figure($0[label])] } ?? []))
        }
        table.print()
        if matrices.count > Self.most {
            Console.print("… and \(Figures.count(matrices.count - Self.most, "more label"))")
        }
    }

    /// By label: precision, recall, f1, and the counts, true by predicted. Of several outputs by their names.
    static func json(_ all: [LabelFigures]) -> JSONNode? {
        let members = all.map { own -> JSONNode.Member in
            let labels = own.matrices.enumerated().map { label, matrix -> JSONNode.Member in
                var node: JSONNode = [
                    "precision": JSONNode(matrix.precision(of: 1)), "recall": JSONNode(matrix.recall(of: 1)),
                    "f1": JSONNode(matrix.f1(of: 1)),
                ]
                if let area = own.areas?[label] { node["roc_auc"] = area.isNaN ? .init(.null) : JSONNode(area) }
                node["counts"] = JSONNode((0..<2).map { row in JSONNode((0..<2).map { JSONNode(matrix[row, $0]) }) })
                return .init(key: own.name(label), value: node)
            }
            return .init(key: own.output ?? "", value: JSONNode(.object(labels)))
        }
        guard let first = members.first else { return JSONNode?.none }
        return all[0].output == nil ? first.value : JSONNode(.object(members))
    }
}

/// The thresholds of a model's binary outputs, where they are not the usual ones.
enum ThresholdText {
    /// Those of single outputs; those of several stand beside their figures.
    static func lines(_ outputs: [Objective.Output]) -> [String] {
        outputs.compactMap { output in
            guard let thresholds = output.thresholds, thresholds.count == 1 else { return nil }
            return "threshold \(outputs.count > 1 ? "of \(output.name) " : "")\(Figures.figure(thresholds[0]))"
        }
    }

    /// What `inspect` says of an output.
    static func words(_ thresholds: [Double], _ names: [String]?) -> String {
        if thresholds.count == 1 { return Figures.figure(thresholds[0]) }
        let shown = thresholds.prefix(8).enumerated().map { "\(names?[$0] ?? "\($0)") \(Figures.figure($1))" }
        return shown.joined(separator: ", ") + (thresholds.count > 8 ? ", … (\(thresholds.count))" : "")
    }

    static func json(_ outputs: [Objective.Output]) -> JSONNode? {
        let members = outputs.compactMap { output in
            output.thresholds.map { thresholds in
                JSONNode.Member(
                    key: output.name,
                    value: thresholds.count == 1 ? JSONNode(thresholds[0]) : JSONNode(thresholds.map { JSONNode($0) }))
            }
        }
        guard let first = members.first else { return JSONNode?.none }
        return outputs.count == 1 ? first.value : JSONNode(.object(members))
    }
}
