import Foundation
import Kernels
import Preparation

/// What `data convert` says at its end.
struct ConversionSummary {
    private let file: String
    private let report: ConversionReport
    private let seconds: Double

    init(_ file: String, _ report: ConversionReport, seconds: Double) {
        self.file = file
        self.report = report
        self.seconds = seconds
    }

    func print() {
        let size = (try? FileManager.default.attributesOfItem(atPath: file)[.size] as? Int) ?? nil
        let rows = report.datasets.filter { $0.path.hasSuffix("/inputs") }.reduce(0) { $0 + ($1.shape.first ?? 0) }
        Console.print(
            "\(file): \(Figures.count(rows, "row")), \(Figures.bytes(size ?? 0)), in \(String(format: "%.1f", seconds)) "
                + "s (\(Figures.short(Double(rows) / max(seconds, 1e-3))) rows/s)")
        var table = TextTable([("dataset", .left), ("shape", .left), ("type", .left), ("classes", .left)])
        for dataset in report.datasets {
            table.append([
                dataset.path, "\(Shape(dataset.shape))", "\(dataset.type)", Self.words(dataset.classNames ?? []),
            ])
        }
        table.print()
        if let decisions = report.decisions {
            let paths = report.datasets.map(\.path)
            DecisionText(
                decisions, inputs: paths.first ?? "", targets: paths.first { $0.hasSuffix("/targets") } ?? ""
            ).print()
        }
        for line in SentenceList(report.warnings).lines { Console.print("warning: \(line)", style: .bold) }
        for line in SentenceList(report.notes).lines { Console.print("note: \(line)") }
        Console.print("in a config: \(configuration)")
    }

    private static func words(_ names: [String]) -> String {
        let shown = names.prefix(10).joined(separator: ", ")
        return names.count > 10 ? "\(shown), … (\(names.count))" : shown
    }

    /// An example of how a config names the file.
    private var configuration: String {
        let splits = report.datasets.filter { $0.path.hasSuffix("/inputs") }.map { inputs in
            let group = inputs.path.dropLast("/inputs".count)
            let name = group.split(separator: "/").last.map(String.init) ?? "train"
            let split = ["train", "validation", "test"].contains(name) ? name : "train"
            var value = #""file": \#(Self.quoted(file))"#
            let hasTargets = report.datasets.contains { $0.path == group + "/targets" }
            // The usual paths need not be said.
            if group != "/" + split {
                value += #", "inputs": \#(Self.quoted(inputs.path))"#
                if hasTargets { value += #", "targets": \#(Self.quoted(group + "/targets"))"# }
            }
            return "\"\(split)\": {\(value)}"
        }
        return #""data": {"# + splits.joined(separator: ", ") + "}"
    }

    private static func quoted(_ text: String) -> String {
        "\"" + text.replacingOccurrences(of: "\\", with: "\\\\").replacingOccurrences(of: "\"", with: "\\\"") + "\""
    }
}
