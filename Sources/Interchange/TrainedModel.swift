import Batches
import Configuration
import Kernels
import Metrics
import Network

/// A model with its parameters and all that is needed to use it: what a model file holds.
public struct TrainedModel: Sendable {
    public let objective: Objective
    /// What `evaluate` reports unless told otherwise.
    public let metrics: [any Metric]
    public let preprocessing: Preprocessing
    public let classNames: [String]?
    /// The texts that the numbers of a column stand for, and the names of the columns, by the attribute that holds them.
    package var columnLists: [String: [String]] = [:]
    /// What the numbers looked like that it was trained on; nil in files of earlier versions, and of labels.
    package var inputSummary: ValueSummary?
    package var targetSummary: ValueSummary?
    /// In the objective's layout.
    public package(set) var parameters: AlignedMemory
    /// The resolved config of the run that made it, if it came from a config.
    public var configuration: JSONNode?

    package init(
        objective: Objective, metrics: [any Metric], preprocessing: Preprocessing, classNames: [String]?,
        parameters: AlignedMemory, configuration: JSONNode? = nil
    ) {
        self.objective = objective
        self.metrics = metrics
        self.preprocessing = preprocessing
        self.classNames = classNames
        self.parameters = parameters
        self.configuration = configuration
    }

    /// What the numbers in data mean to the model.
    package var codeNames: CodeNames {
        var lists = columnLists.mapValues { CodeNames.List(names: $0, place: CodeNames.ofModel) }
        lists[CodeNames.classes] = classNames.map { CodeNames.List(names: $0, place: CodeNames.ofModel) }
        return CodeNames(lists)
    }

    /// How the axes of the data that it was trained on are put in order, as the config says.
    package func transposition(_ key: String) -> [Int]? {
        guard case .array(let axes)? = configuration?["data"]?["train"]?[key]?.value else { return nil }
        return axes.compactMap(\.asInteger)
    }

    /// The values of a parameter such as `dense/kernel`, row-major; nil where there is none of that name.
    public func parameter(_ name: String) -> [Float]? {
        objective.layout.entry(named: name).map { entry in
            Array(UnsafeBufferPointer(start: parameters.floats + entry.offset, count: entry.shape.count))
        }
    }
}

extension Dataset {
    /// Data for a model: labels, categories, columns and numbers must mean what they meant when it was trained.
    package init(reading source: DataSource, for model: TrainedModel, wantsTargets: Bool = true) throws {
        try self.init(reading: source, wantsTargets: wantsTargets, memoryLimit: nil, names: model.codeNames)
        try compare(withTrained: model.inputSummary, model.targetSummary)
    }
}
