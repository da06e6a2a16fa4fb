import Charts
import Configuration
import Kernels
import Network

/// A network as a picture: its layers with kinds, shapes and parameters, and what follows from what.
package enum NetworkDiagram {
    /// Of more layers, blocks that repeat are drawn once.
    private static let mostUnfolded = 32

    /// - Returns: nil for more layers than are drawn, even with blocks that repeat drawn once.
    /// - Throws: `ModelError` where shapes do not fit.
    package static func chart(_ model: Model) throws -> GraphDiagram? {
        let layers = try LayerTable(model)
        let outline = Outline(model, layers)
        let folds = outline.count > mostUnfolded ? RepeatedBlocks.find(outline.signatures, outline.inputs, kept: outline.kept) : []
        let kept = RepeatedBlocks.kept(outline.count, folds)
        guard kept.count <= GraphDiagram.most else { return nil }
        let places = RepeatedBlocks.places(outline.count, folds)
        let nodes = kept.map { node -> GraphDiagram.Node in
            let inputs = outline.inputs[node].map { places[$0] }
            guard node >= model.inputs.count else {
                let input = model.inputs[node]
                return GraphDiagram.Node([input.name, "input", shape(input.shape)], .input, inputs: [])
            }
            let index = node - model.inputs.count
            return GraphDiagram.Node(
                lines(layers.rows[index], model.steps[index]),
                model.outputs.contains(layers.rows[index].name) ? .output : .usual,
                isQuiet: !model.steps[index].isTrainable, inputs: inputs)
        }
        var chart = GraphDiagram(
            "Network", caption: caption(model, layers), nodes: nodes,
            repeats: folds.map { fold in
                let first = places[fold.nodes.lowerBound]
                return GraphDiagram.Repeat(first..<first + fold.nodes.count / fold.times, times: fold.times)
            }, table: table(model, layers))
        for fold in folds {
            let size = fold.nodes.count / fold.times
            let (first, last) = (fold.nodes.lowerBound - model.inputs.count, size - 1)
            chart.remarks.append(
                "The \(size == 1 ? "layer" : "\(size) layers from") \(model.steps[first].name)"
                    + (size == 1 ? "" : " to \(model.steps[first + last].name)")
                    + " \(size == 1 ? "stands" : "stand") for \(fold.times) alike, one behind the other.")
        }
        return chart
    }

    /// `7 layers with 12,458 parameters, 320 of them frozen; 0.2 million floating-point operations a sample.`
    package static func caption(_ model: Model, _ layers: LayerTable) -> String {
        let frozen = zip(model.steps, layers.rows).reduce(0) { $0 + ($1.0.isTrainable ? 0 : $1.1.parameters) }
        return "\(ReportText.count(layers.rows.count, "layer")) with \(number(layers.parameters)) parameters"
            + (frozen > 0 ? ", \(number(frozen)) of them frozen" : "")
            + "; \(number(layers.operations)) floating-point operations for one sample."
    }

    package static func table(_ model: Model, _ layers: LayerTable) -> DataTable {
        let most = 1000
        return DataTable(
            ["layer", "kind", "takes", "gives", "parameters", "trained"],
            zip(layers.rows, model.steps).prefix(most).map { row, step in
                [
                    row.name, kind(step), row.inputs.joined(separator: ", "), shape(row.output), number(row.parameters),
                    row.parameters == 0 ? "" : step.isTrainable ? "yes" : "frozen",
                ]
            }, remark: layers.rows.count > most ? "The first \(most) of \(layers.rows.count) layers." : nil)
    }

    private static func lines(_ row: LayerTable.Row, _ step: Model.Step) -> [String] {
        let parameters =
            row.parameters == 0
            ? [] : ["\(number(row.parameters)) parameter\(row.parameters == 1 ? "" : "s")" + (step.isTrainable ? "" : ", frozen")]
        return [row.name, kind(step), shape(row.output)] + parameters
    }

    /// `dense, relu`.
    private static func kind(_ step: Model.Step) -> String {
        guard case .string(let activation)? = step.layer.configuration.first(where: { $0.key == "activation" })?.value.value,
            activation != "linear"
        else { return step.layer.type }
        return "\(step.layer.type), \(activation)"
    }

    private static func shape(_ shape: Shape) -> String {
        shape.rank == 0 ? "1" : shape.dimensions.map(String.init).joined(separator: " × ")
    }

    private static func number(_ count: Int) -> String { AxisText.value(Double(count), digits: 12) }

    /// The inputs and layers of a model by their places, inputs first.
    private struct Outline {
        let inputs: [[Int]]
        /// What makes two layers alike: all but their names.
        let signatures: [String]
        /// Those that others than layers look at.
        let kept: Set<Int>

        var count: Int { inputs.count }

        init(_ model: Model, _ layers: LayerTable) {
            let names = model.inputs.map(\.name) + model.steps.map(\.name)
            let places = Dictionary(names.enumerated().map { ($1, $0) }) { first, _ in first }
            inputs = model.inputs.map { _ in [] } + model.steps.map { step in step.inputs.compactMap { places[$0] } }
            signatures =
                model.inputs.map { "input \($0.name)" }
                + zip(model.steps, layers.rows).map { step, row in
                    "\(step.layer.type) \(step.isTrainable) \(row.output) \(row.parameters) "
                        + JSONNode(.object(step.layer.configuration)).jsonText(pretty: false)
                }
            kept = Set(model.outputs.compactMap { places[$0] } + Array(model.inputs.indices))
        }
    }
}
