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
        let (inputs, outputs) = (objective.model.inputs, objective.outputs)
        let taken = inputs.count == 1 ? "\(inputs[0].shape)" : Figures.shapes(inputs.map { ($0.name, $0.shape) })
        let given = outputs.count == 1 ? "\(outputs[0].shape)" : Figures.shapes(of: objective)
        Console.print("\(path): model\(name) of \(taken) → \(given)", style: .bold)
        Console.print()
        try LayerTable(objective.model).print()
        Console.print()
        var table = TextTable([("", .left), ("", .left)])
        // Of several, each has its name behind it.
        func of(_ name: String, _ count: Int) -> String { count > 1 ? " of \(name)" : "" }
        for output in outputs {
            table.append([
                "loss" + of(output.name, outputs.count),
                output.loss.typeName + (output.predictsLogits ? ", from_logits true" : "")
                    + (output.weight == 1 ? "" : ", weight \(output.weight)"),
            ])
        }
        for (output, metrics) in zip(outputs, model.metricsByOutput) where !metrics.isEmpty {
            table.append([
                "metrics" + of(output.name, outputs.count), metrics.map(\.name).joined(separator: ", "),
            ])
        }
        for (key, images) in model.tables.images.sorted(by: { $0.key < $1.key }) {
            let name = key.split(separator: ":").dropFirst().joined(separator: ":")
            table.append(["images" + (name.isEmpty ? "" : " of \(name)"), images.words])
        }
        for (input, preprocessing) in zip(inputs, model.preprocessings) {
            table.append(["preprocessing" + of(input.name, inputs.count), "\(preprocessing)"])
        }
        for output in outputs {
            guard let scale = output.targetScale else { continue }
            let words =
                scale.offset.count == 1
                ? "scaled for the loss, (t - \(scale.offset[0]))·\(scale.scale[0])"
                : "scaled for the loss, \(scale.offset.count) numbers each by its own offset and scale"
            table.append(["targets" + of(output.name, outputs.count), words])
        }
        for output in outputs {
            guard let names = model.classNames(of: output.name) else { continue }
            table.append(["classes" + of(output.name, outputs.count), DatasetInspection.list(names)])
        }
        for output in outputs {
            if let names = model.labelNames(of: output.name) {
                table.append(["labels" + of(output.name, outputs.count), DatasetInspection.list(names)])
            }
            if let thresholds = output.thresholds {
                table.append([
                    "threshold" + of(output.name, outputs.count),
                    ThresholdText.words(thresholds, model.labelNames(of: output.name)),
                ])
            }
        }
        for line in table.lines.dropFirst() { Console.print(line) }
        for (key, recipe) in model.tables.recipes.sorted(by: { $0.key < $1.key }) where !recipe.columns.isEmpty {
            Console.print("\nrecipe of \(key)")
            RecipeTable(recipe).print()
        }
    }
}

extension LayerTable {
    /// A line for each layer, and the totals.
    func print() {
        var table = TextTable([
            ("layer", .left), ("type", .left), ("inputs", .left), ("output", .left), ("parameters", .right),
            ("FLOPs/sample", .right),
        ])
        var before = firstInput
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
