import Batches
import Configuration
import Kernels
import Metrics
import Network
import Recipes

/// A model with its parameters and its preprocessing: the contents of a model file.
public struct TrainedModel: Sendable {
    public package(set) var objective: Objective
    /// The metrics of each output that training reported. `stormo evaluate` computes them by default.
    public let metricsByOutput: [[any Metric]]
    /// The fitted normalisation of each input, in the model's order.
    public let preprocessings: [Preprocessing]
    /// The names of the classes of the only output; for several outputs see `classNames(of:)`.
    public let classNames: [String]?
    /// The texts that the numbers of a column stand for, and the names of the columns, by the attribute that holds them.
    package var columnLists: [String: [String]] = [:]
    /// What the numbers looked like that it was trained on, by `Dataset.key(of:)`; missing in files of earlier versions, and
    /// of labels.
    package var summaries: [String: ValueSummary] = [:]
    /// The columns of the tables that it was trained on, fitted, and what was done to its images: what becomes of rows before
    /// they are normalised.
    package var tables = TableRecipes()
    /// The optimizer that trained it, as a config has it; nil for one that was read, whose config may say it.
    package var optimizer: JSONNode?
    /// What it came to in the end, as `metrics.json` of its run has it; nil for a model that was saved without.
    package var finalFigures: JSONNode?
    /// The schedule of its learning rate as Keras has it; nil for none, and for a model that was read.
    package var kerasSchedule: JSONNode?
    /// In the objective's layout.
    package var parameters: AlignedMemory
    /// The resolved config of the run that trained the model; nil for a model that was trained without a config.
    public var configuration: JSONNode?

    package init(
        objective: Objective, metrics: [any Metric], preprocessing: Preprocessing, classNames: [String]?,
        parameters: AlignedMemory, configuration: JSONNode? = nil
    ) {
        self.init(
            objective: objective, metrics: [metrics], preprocessing: [preprocessing], classNames: classNames,
            parameters: parameters, configuration: configuration)
    }

    /// - Parameters:
    ///   - metrics: of each output.
    ///   - preprocessing: of each input.
    package init(
        objective: Objective, metrics: [[any Metric]], preprocessing: [Preprocessing], classNames: [String]?,
        parameters: AlignedMemory, configuration: JSONNode? = nil
    ) {
        self.objective = objective
        metricsByOutput = metrics
        preprocessings = preprocessing
        self.classNames = classNames
        self.parameters = parameters
        self.configuration = configuration
    }

    /// The metrics of the first output.
    public var metrics: [any Metric] { metricsByOutput[0] }
    /// The fitted normalisation of the first input.
    public var preprocessing: Preprocessing { preprocessings[0] }

    /// What a run reports of it beside the loss.
    package var figures: [any Figure] {
        FigureList(outputs: objective.outputs.map(\.name), metrics: metricsByOutput).figures
    }

    /// The names of an output's classes; nil where there are none.
    public func classNames(of output: String) -> [String]? {
        objective.outputs.count > 1 ? columnLists[CodeNames.key(CodeNames.classes, output)] : classNames
    }

    /// The names of the values of an output that are binary by themselves; nil where there is one, or they have no names.
    public func labelNames(of output: String) -> [String]? {
        guard let own = objective.outputs.first(where: { $0.name == output }), case .binary = own.targetForm else {
            return nil
        }
        let names = targetColumns(of: own)
        return names?.count == 1 ? nil : names
    }

    /// The names of an output's numbers; nil where they have none.
    public func targetNames(of output: String) -> [String]? {
        objective.outputs.first { $0.name == output && $0.targetForm.isOfValues }.flatMap(targetColumns)
    }

    /// The columns of targets of an output where one of them holds dates or times, whose predictions are written as such; else
    /// nil.
    func dateTargets(of output: Objective.Output) -> [RecipeColumn]? {
        let key = CodeNames.key("targets", objective.outputs.count > 1 ? output.name : nil)
        guard let columns = tables[key]?.columns, columns.count == output.shape.last,
            columns.contains(where: { $0.kind.isDate })
        else { return nil }
        return columns
    }

    /// The names of the columns of targets of an output; nil unless there is one for each.
    private func targetColumns(of output: Objective.Output) -> [String]? {
        let names = columnLists[CodeNames.key(CodeNames.targetColumns, objective.outputs.count > 1 ? output.name : nil)]
        return names?.count == output.targetForm.predictionWidth ? names : nil
    }

    /// What the numbers in data mean to the model.
    package var codeNames: CodeNames {
        var lists = columnLists.mapValues { CodeNames.List(names: $0, place: CodeNames.ofModel) }
        if let classNames { lists[CodeNames.classes] = CodeNames.List(names: classNames, place: CodeNames.ofModel) }
        return CodeNames(lists)
    }

    /// How the axes of the data that it was trained on are put in order, as the config says.
    /// - Parameter name: of an input or output, where the config says it by name.
    package func transposition(_ key: String, of name: String? = nil) -> [Int]? {
        let node = configuration?["data"]?["train"]?[key]
        guard case .array(let axes)? = (name.flatMap { node?[$0] } ?? node)?.value else { return nil }
        return axes.compactMap(\.asInteger)
    }

    /// The values of a parameter such as `dense/kernel`, row-major; nil where there is no such parameter.
    public func parameter(_ name: String) -> [Float]? {
        objective.layout.entry(named: name).map { entry in
            Array(UnsafeBufferPointer(start: parameters.floats + entry.offset, count: entry.shape.count))
        }
    }
}

extension Dataset {
    /// Reads data for a trained model. Labels, categories and columns must mean what they meant in training. Tables are
    /// encoded as the features that the model takes.
    /// - Parameters:
    ///   - wantsTargets: false for prediction: targets and weights are then not read.
    ///   - unknown: what to do with columns and values of a table that the model does not know.
    /// - Throws: `HDF5Error` for a file that can't be read, `DataError` for data that the model can't take.
    public init(
        reading source: DataSource, for model: TrainedModel, wantsTargets: Bool = true, unknown: UnknownValues = .error
    ) throws {
        try self.init(
            reading: source, wantsTargets: wantsTargets, memoryLimit: nil, names: model.codeNames, tables: model.tables,
            unknown: unknown)
        self = try encoded(for: model.tables, unknown: unknown)
        let data = self
        try compare { model.summaries[data.key(of: $0)] }
    }
}
