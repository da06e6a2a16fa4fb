import Configuration
import Interchange
import Network

/// What `inspect` says of a model file.
struct ModelInspection {
    private let path: String
    private let model: TrainedModel

    init(_ path: String) throws {
        self.path = path
        model = try TrainedModel(contentsOf: path)
    }

    func print() throws {
        var name = ""
        if case .string(let text)? = model.configuration?["name"]?.value { name = " '\(text)'" }
        let objective = model.objective
        Console.print("\(path): model\(name) of \(objective.model.inputShape) → \(objective.outputShape)", style: .bold)
        Console.print()
        try LayerTable(objective.model).print()
        Console.print()
        var table = TextTable([("", .left), ("", .left)])
        table.append([
            "loss",
            objective.loss.typeName + (objective.predictsLogits ? ", from_logits true" : ""),
        ])
        if !model.metrics.isEmpty { table.append(["metrics", model.metrics.map(\.name).joined(separator: ", ")]) }
        table.append(["preprocessing", "\(model.preprocessing)"])
        if let names = model.classNames { table.append(["classes", DatasetInspection.list(names)]) }
        for line in table.lines.dropFirst() { Console.print(line) }
    }
}

extension LayerTable {
    /// A line for each layer, and the totals.
    func print() {
        var table = TextTable([
            ("layer", .left), ("type", .left), ("inputs", .left), ("output", .left), ("parameters", .right),
            ("FLOPs/sample", .right),
        ])
        var before = Model.inputName
        for row in rows {
            // The layer before goes without saying.
            table.append([
                row.name, row.type, row.inputs == [before] ? "" : row.inputs.joined(separator: ", "), "\(row.output)",
                Figures.count(row.parameters), Figures.count(row.operations),
            ])
            before = row.name
        }
        table.append(["total", "", "", "", Figures.count(parameters), Figures.count(operations)])
        table.print()
        if layout.trainedCount < layout.parameterCount { Console.print("\n\(Figures.parameters(layout))") }
    }
}
