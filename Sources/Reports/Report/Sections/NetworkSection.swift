import Charts
import Network

/// The network as a picture.
struct NetworkSection: ReportSection {
    let title = "Network"
    let anchor = "network"

    func html(_ source: ReportSource) throws -> String? {
        guard let model = try source.model?.objective.model else { return nil }
        if let chart = try NetworkDiagram.chart(model) { return ChartFigure.html(chart) }
        let layers = try LayerTable(model)
        return ReportHTML.paragraph(
            "\(NetworkDiagram.caption(model, layers)) They are too many to be drawn, and stand in a table.")
            + "\n" + ReportHTML.table(NetworkDiagram.table(model, layers), label: "Layers")
    }
}
