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

    /// A model of the given kind whose parameters are those of `values`, by name.
    /// - Throws: `FileError` where one is missing or of another size.
    init(
        objective: Objective, metrics: [MetricKind], preprocessing: Preprocessing, classNames: [String]?,
        configuration: JSONNode?, reading values: (ParameterLayout.Entry) throws -> [Float]
    ) throws {
        let parameters = try AlignedMemory(floats: objective.layout.count)
        for entry in objective.layout.entries {
            let read = try values(entry)
            precondition(read.count == entry.shape.count, "the reader checks each parameter's size")
            read.withUnsafeBufferPointer { read in
                if let base = read.baseAddress {
                    (parameters.floats + entry.offset).update(from: base, count: read.count)
                }
            }
        }
        self.init(
            objective: objective, metrics: metrics, preprocessing: preprocessing, classNames: classNames,
            parameters: parameters, configuration: configuration)
    }
}
