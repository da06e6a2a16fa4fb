public import Configuration
public import Kernels
public import Network

/// A model with its parameters and all that is needed to use it: what a model file holds.
public struct TrainedModel: Sendable {
    public let objective: Objective
    /// What `evaluate` reports unless told otherwise.
    public let metrics: [MetricKind]
    public let preprocessing: Preprocessing
    public let classNames: [String]?
    /// In the objective's layout.
    public let parameters: AlignedMemory
    /// The resolved config of the run that made it, if it came from a config.
    public var configuration: JSONNode?

    init(
        objective: Objective, metrics: [MetricKind], preprocessing: Preprocessing, classNames: [String]?,
        parameters: AlignedMemory, configuration: JSONNode? = nil
    ) {
        self.objective = objective
        self.metrics = metrics
        self.preprocessing = preprocessing
        self.classNames = classNames
        self.parameters = parameters
        self.configuration = configuration
    }

    /// The values of a parameter such as `dense/kernel`, row-major; nil where there is none of that name.
    public func parameter(_ name: String) -> [Float]? {
        objective.layout.entry(named: name).map { entry in
            Array(UnsafeBufferPointer(start: parameters.floats + entry.offset, count: entry.shape.count))
        }
    }
}
