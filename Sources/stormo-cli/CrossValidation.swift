import Files
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

    /// Runs all folds, then prints and writes the summary.
    /// - Parameter train: gives what a fold came to.
    func run(_ train: (_ fold: Int, _ directory: String) throws -> FinalFigures?) throws {
        var runs: [FinalFigures] = []
        for fold in 0..<folds {
            if !isQuiet { Console.print("fold \(fold + 1) of \(folds)", style: .bold) }
            if let figures = try train(fold, FoldDirectory.path(fold, in: directory)) { runs.append(figures) }
        }
        let figures = FoldFigures(runs)
        let columns = figures.splits.flatMap { split in
            split.entries.map { (name: "\(split.name)_\($0.name)", entry: $0) }
        }
        var lines = [(["fold"] + columns.map(\.name)).joined(separator: ",")]
        func line(_ name: String, _ value: (FoldFigures.Entry) -> Double) {
            lines.append(([name] + columns.map { "\(value($0.entry))" }).joined(separator: ","))
        }
        for index in runs.indices { line("\(index + 1)") { $0.values[index] } }
        line("mean", \.mean)
        line("deviation", \.deviation)
        try AtomicFile.replace("\(directory)/folds.csv", with: lines.map { $0 + "\n" }.joined())
        try figures.write(to: directory)
        guard !isQuiet else { return }
        var table = TextTable([("fold", .right)] + columns.map { ($0.name, .right) })
        for index in runs.indices {
            table.append(["\(index + 1)"] + columns.map { Figures.figure($0.entry.values[index]) })
        }
        table.append(
            ["mean"] + columns.map { "\(Figures.figure($0.entry.mean)) ± \(Figures.figure($0.entry.deviation))" })
        Console.print()
        table.print()
        let repeated = Console.repeatedRemarks
        if repeated > 0 {
            Console.print(
                "of the warnings and notes above \(repeated == 1 ? "1 came" : "\(repeated) came") in several folds, and \(repeated == 1 ? "was" : "were") told once"
            )
        }
        Console.print("folds \(directory)/folds.csv", style: .dim)
    }
}
