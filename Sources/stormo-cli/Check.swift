import ArgumentParser
import Engine
import Foundation
import Runs

struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check a config, its data and its model, and then the model's gradients.",
        discussion: """
            The gradients are compared with central differences of the loss on the first samples of the training \
            split, from the parameters that a training would begin with. Derivatives beside a kink, or too small for \
            single precision, are passed over, which is no failure. The status is 1 where a gradient is wrong.
            """)

    @OptionGroup var options: ConfigOptions

    func run() throws {
        let configuration = try options.read()
        let run = try TrainingRun(configuration, tables: ConvertedTables(configuration.data).tables)
        let objective = run.trainer.objective
        Console.print(
            "\(options.config) is valid: \(Figures.count(run.training.count, "sample")) of "
                + "\(Figures.shapes(of: run.training)), \(Figures.parameters(objective.layout))")

        Console.remarks(run.remarks)

        let check = try GradientCheck(
            objective, on: run.training, preprocessing: run.trainer.preprocessings, seed: configuration.seed)
        Console.print("\nGradients on \(Figures.count(check.samples, "sample")), against central differences:")
        var table = TextTable(
            [
                ("layer", .left), ("parameter", .left), ("worst relative error", .right), ("compared", .right),
                ("passed over", .right),
            ], indent: 2)
        for row in check.rows {
            table.append([
                row.layer ?? "", row.nameInLayer, row.worst.map { String(format: "%.1e", $0) } ?? "n/a",
                "\(row.compared)", "\(row.passedOver)",
            ])
        }
        if check.rows.isEmpty { Console.print("  the model has no parameters") } else { table.print() }
        Console.print()
        try conclude(check)
    }

    private func conclude(_ check: GradientCheck) throws {
        let limit = String(format: "%g", GradientCheck.tolerance)
        guard let worst = check.rows.filter({ $0.worst != nil }).max(by: { ($0.worst ?? 0) < ($1.worst ?? 0) }) else {
            if check.rows.isEmpty { return }
            Console.print(
                "No derivative could be compared: all are too small beside the loss, or beside a kink. That says nothing "
                    + "against the gradients; to compare them look at data.normalize and at the initializers")
            return
        }
        let error = String(format: "%.1e", worst.worst ?? 0)
        guard check.passes else {
            let wrong = check.rows.filter { ($0.worst ?? 0) > GradientCheck.tolerance }.map(\.parameter)
            Console.error(
                "stormo: the gradient is wrong for \(wrong.joined(separator: ", ")): the relative error reaches \(error), "
                    + "and \(limit) is the limit")
            throw ExitStatus.failure
        }
        let others = check.rows.filter { $0.worst == nil }.map(\.parameter)
        if !others.isEmpty {
            Console.print(
                "Not compared, since too small beside the loss or beside kinks: " + others.joined(separator: ", "))
        }
        Console.print(
            "\(others.isEmpty ? "The gradients are right" : "The others are right"): the worst relative error is \(error), and \(limit) is the limit."
        )
    }
}
