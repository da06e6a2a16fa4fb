import Foundation
import Stormo

// What a program may well call its own things; Stormo has none of these names at its top level.
struct Field {}
struct Pass {}
struct Program {}
struct Binding {}
struct Answer {}

/// f(x) = scale · x, with a learned scale for all elements.
struct Scale: Layer {
    static let name = "tour_scale"

    let start: Initializer

    var type: String { Self.name }
    var hasParameters: Bool { true }
    var configuration: [JSONNode.Member] { [] }
    /// Keras has none of its kind: other programs read the weights alone.
    var keras: KerasLayer { KerasLayer("Scale") }

    init(start: Initializer = .ones) { self.start = start }

    func apply(to inputs: [Variable], name: String) throws(GraphError) -> Variable {
        inputs[0] * inputs[0].graph.parameter(.scalar, start, name: "\(name)/scale")
    }
}

/// mean log cosh(p - t), as arithmetic.
struct LogCosh: LossFormula {
    static let name = "tour_log_cosh"
    let width: Double

    init(width: Double = 1) { self.width = width }
    init(reading reader: ObjectReader) { width = reader.number("width", .positive, default: 1) }
    var configuration: [JSONNode.Member] { [.init(key: "width", value: JSONNode(width))] }

    func value(of prediction: Variable, against target: Variable) -> Variable {
        let error = (prediction - target) / Float(width)
        return ((error.exponential() + (-error).exponential()) / 2).logarithm()
    }
}

/// ± value, each with a chance of one half.
struct Signs: OwnInitializer {
    static let name = "tour_signs"
    let value: Double

    init(value: Double = 0.1) { self.value = value }
    init(reading reader: ObjectReader) { value = reader.number("value", .positive, default: 0.1) }
    var configuration: [JSONNode.Member] { [.init(key: "value", value: JSONNode(value))] }

    func fill(_ values: UnsafeMutableBufferPointer<Float>, shape: Shape, random: inout Philox) {
        for index in values.indices { values[index] = Float(Bool.random(using: &random) ? value : -value) }
    }
}

/// Makes them known to configs and model files: once, before any is read.
let areRegistered: Bool = {
    do {
        try LayerRegistry.kinds.register({ _ in Scale() }, as: Scale.name)
        try LossRegistry.kinds.register(LogCosh.self, as: LogCosh.name)
        try InitializerRegistry.kinds.register({ .own(Signs(reading: $0)) }, as: Signs.name)
        return true
    } catch {
        return false
    }
}()
