import Files
import Foundation
import Runs

/// A run for each fold, and what they came to together.
struct CrossValidation {
    private let configuration: RunConfiguration
    private let directory: String
    private let folds: Int
    private let isQuiet: Bool

    init(_ configuration: RunConfiguration, _ directory: String, folds: Int, isQuiet: Bool) {
        self.configuration = configuration
        self.directory = directory
        self.folds = folds
        self.isQuiet = isQuiet
    }

    /// The folds' directories in a run directory that have begun; none where it is a plain run.
    static func folds(in directory: String) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        return names.filter { $0.hasPrefix("fold-") && hasBegun("\(directory)/\($0)") }.sorted()
    }

    /// The directory of the cross-validation that a fold's directory is in; a plain run's own.
    static func whole(of directory: String) -> String {
        guard fold(of: directory) != nil else { return directory }
        guard let slash = directory.lastIndex(of: "/") else { return "." }
        return String(directory[..<slash])
    }

    /// Whether a run has begun in a directory: a killed one may have made it and written nothing yet.
    static func hasBegun(_ directory: String) -> Bool {
        FileManager.default.fileExists(atPath: directory + "/config.json")
    }

    /// The fold that a directory belongs to, from 0; nil for a plain run.
    static func fold(of directory: String) -> Int? {
        guard let name = directory.split(separator: "/").last, name.hasPrefix("fold-"),
            let number = Int(name.dropFirst(5))
        else { return nil }
        return number - 1
    }

    /// Runs all folds, then prints and writes the summary.
    /// - Parameter train: gives the figures of the epoch whose parameters the model has.
    func run(_ train: (_ fold: Int, _ directory: String) throws -> EpochRecord?) throws {
        let names = ["validation_loss"] + configuration.figures.map { "validation_\($0.name)" }
        var rows: [[Double]] = []
        for fold in 0..<folds {
            if !isQuiet { Console.print("fold \(fold + 1) of \(folds)", style: .bold) }
            guard let record = try train(fold, "\(directory)/fold-\(fold + 1)") else { continue }
            rows.append([record.validationLoss ?? .nan] + (record.validationMetrics ?? []))
        }
        let means = names.indices.map { column in rows.reduce(0) { $0 + $1[column] } / Double(rows.count) }
        let deviations = names.indices.map { column in
            (rows.reduce(0) { $0 + ($1[column] - means[column]) * ($1[column] - means[column]) }
                / Double(max(rows.count - 1, 1))).squareRoot()
        }
        var lines = [(["fold"] + names).joined(separator: ",")]
        for (index, row) in rows.enumerated() {
            lines.append("\(index + 1)," + row.map { "\($0)" }.joined(separator: ","))
        }
        lines.append("mean," + means.map { "\($0)" }.joined(separator: ","))
        lines.append("deviation," + deviations.map { "\($0)" }.joined(separator: ","))
        try AtomicFile.replace("\(directory)/folds.csv", with: lines.map { $0 + "\n" }.joined())
        guard !isQuiet else { return }
        var table = TextTable([("fold", .right)] + names.map { ($0, .right) })
        for (index, row) in rows.enumerated() { table.append(["\(index + 1)"] + row.map { Figures.figure($0) }) }
        table.append(
            ["mean"] + zip(means, deviations).map { "\(Figures.figure($0)) ± \(Figures.figure($1))" })
        Console.print()
        table.print()
        Console.print("folds \(directory)/folds.csv", style: .dim)
    }
}
