import Configuration
import Kernels
import TestSupport
import Testing

@testable import Engine
@testable import Network
@testable import Optimizers

/// Fifty steps of each optimizer, with schedules and clipping, against Keras's in float64, and its rates under a
/// schedule. Made by `Tests/Peers/keras_optimizers.py`; the configs there are Stormo's.
@Suite struct KerasOptimizerTests {
    private let fixture: JSONNode
    private let start: [Float]
    private let gradients: [[Float]]
    private let shapes: [Shape]
    private let stepsPerEpoch: Int

    init() throws {
        fixture = try ConfigurationDocument(
            contentsOf: Repository.fixture("keras-optimizers.json", of: "OptimizersTests")
        ).root
        start = Self.numbers(fixture["start"]).map { Float($0) }
        gradients = Self.elements(fixture["gradients"]).map { Self.numbers($0).map { Float($0) } }
        shapes = Self.elements(fixture["shapes"]).map { Shape(Self.numbers($0).map { Int($0) }) }
        stepsPerEpoch = Int(try #require(Self.number(fixture["steps_per_epoch"])))
    }

    private static func elements(_ node: JSONNode?) -> [JSONNode] {
        if case .array(let elements) = node?.value { elements } else { [] }
    }

    private static func number(_ node: JSONNode?) -> Double? {
        switch node?.value {
        case .integer(let integer): Double(integer)
        case .number(let number): number
        default: nil
        }
    }

    private static func numbers(_ node: JSONNode?) -> [Double] { elements(node).compactMap { number($0) } }

    private func read(_ optimizer: JSONNode) throws -> OptimizerConfiguration {
        let diagnostics = Diagnostics()
        let reader = ObjectReader(["optimizer": optimizer], path: "", diagnostics: diagnostics)
        let result = OptimizerConfiguration(reader, key: "optimizer")
        try diagnostics.throwIfAny(file: "the fixture")
        return result
    }

    /// The parameters after each step, in float32, by the reducer that trains.
    private func steps(_ node: JSONNode) throws -> [[Float]] {
        let rule = try read(node)
        let (optimizer, schedule, clipping) = (rule.optimizer, rule.schedule, rule.clipping)
        var layout = ParameterLayout()
        for (index, shape) in shapes.enumerated() { layout.append("p\(index)", shape, .zeros, node: index) }
        let parameters = try AlignedMemory(floats: layout.count)
        let state = try OptimizerState(optimizer, count: layout.count)
        let reducer = try Reducer(
            count: layout.count, tensors: layout.entries, shards: 1, workers: 1, clipping: clipping)
        func scatter(_ values: [Float], _ buffer: UnsafeMutablePointer<Float>) {
            var place = 0
            for index in layout.entries.flatMap(\.range) {
                buffer[index] = values[place]
                place += 1
            }
        }
        scatter(start, parameters.floats)
        return gradients.enumerated().map { step, gradient in
            scatter(gradient, reducer.folder(of: 0).gradient(of: 0).floats)
            if reducer.needsTwoPasses { reducer.reduce(worker: 0) }
            let factor = schedule.factor(
                step: step, stepsPerEpoch: stepsPerEpoch, epochs: gradients.count / stepsPerEpoch)
            reducer.step(
                worker: 0, state, parameters.floats, rate: optimizer.learningRate * factor, step: step + 1)
            return layout.entries.flatMap(\.range).map { parameters.floats[$0] }
        }
    }

    @Test func theStepsAreKerases() throws {
        let cases = Self.elements(fixture["cases"])
        #expect(cases.count == 26)
        for node in cases {
            let optimizer = try #require(node["optimizer"])
            let steps = try steps(optimizer)
            for step in [1, 10, 50] {
                let expected = Self.numbers(node["after"]?["\(step)"])
                #expect(expected.count == start.count)
                // The roundings of so many steps, of a parameter's size.
                let deviation =
                    zip(steps[step - 1], expected).map { abs(Double($0) - $1) / max(1, abs($1)) }.max() ?? 1
                #expect(deviation < 1e-6, "\(optimizer.jsonText(pretty: false)), step \(step)")
            }
        }
    }

    @Test func theRatesAreKerases() throws {
        let cases = Self.elements(fixture["rates"])
        #expect(cases.count == 3)
        for node in cases {
            let schedule = try read(["type": "sgd", "schedule": try #require(node["schedule"])]).schedule
            let expected = Self.numbers(node["rates"])
            let rates = expected.indices.map { schedule.factor(step: $0, stepsPerEpoch: 4, epochs: 5) }
            #expect(zip(rates, expected).allSatisfy { abs($0 - $1) < 1e-6 }, "\(node.jsonText(pretty: false))")
            #expect(rates.count == 20)
        }
    }
}
