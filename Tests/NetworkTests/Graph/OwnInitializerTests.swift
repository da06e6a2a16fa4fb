import Configuration
import Kernels
import Testing

@testable import Network

/// An initialiser of a program's own: registered, read from a config, written back.
@Suite struct OwnInitializerTests {
    private struct Ramp: OwnInitializer {
        static let name = "test_ramp"
        let slope: Double
        init(slope: Double) { self.slope = slope }
        init(reading reader: ObjectReader) { slope = reader.number("slope", .positive, default: 1) }
        var configuration: [JSONNode.Member] { [.init(key: "slope", value: JSONNode(slope))] }
        func fill(_ values: UnsafeMutableBufferPointer<Float>, shape: Shape, random: inout Philox) {
            for index in values.indices { values[index] = Float(slope) * Float(index) }
        }
    }
    private static let isRegistered =
        (try? InitializerRegistry.kinds.register({ .own(Ramp(reading: $0)) }, as: Ramp.name)) != nil

    private func layer(_ text: String) throws -> (any Layer, [ConfigurationError.Problem]) {
        #expect(Self.isRegistered)
        let document = try ConfigurationDocument(
            text: #"{"type": "dense", "units": 3, "use_bias": false, "kernel_initializer": \#(text)}"#, file: "a.json")
        let diagnostics = Diagnostics()
        let reader = ObjectReader(document.root, path: "", diagnostics: diagnostics)
        let layer = LayerRegistry.read(reader)?.layer ?? Flatten()
        do { try diagnostics.throwIfAny(file: "a.json") } catch { return (layer, error.problems) }
        return (layer, [])
    }

    @Test func itIsReadFilledAndWritten() throws {
        for (text, slope) in [(#"{"type": "test_ramp", "slope": 0.5}"#, 0.5), (#""test_ramp""#, 1)] {
            let (layer, problems) = try layer(text)
            #expect(problems.isEmpty)
            let dense = try #require(layer as? Dense)
            #expect(dense.kernelInitializer == .own(Ramp(slope: slope)))
            #expect(dense.kernelInitializer != .own(Ramp(slope: 7)) && dense.kernelInitializer != .zeros)
            #expect(
                JSONNode(.object(dense.configuration))["kernel_initializer"] == [
                    "type": "test_ramp", "slope": JSONNode(slope),
                ])
            let objective = try Objective(
                Model(input: [2], layers: [ModelLayer(dense)]), loss: .meanSquaredError(factor: 1))
            let memory = try AlignedMemory(floats: objective.layout.count)
            objective.layout.initialise(memory.floats, seed: 1)
            #expect((0..<6).map { memory.floats[$0] } == (0..<6).map { Float(slope) * Float($0) })
        }
    }

    @Test func mistakesAreSentences() throws {
        #expect(
            try layer(#"{"type": "test_ramp", "slop": 2}"#).1.map(\.message) == ["unknown key; did you mean 'slope'?"])
        #expect(
            try layer(#""test_rmp""#).1.map(\.message) == ["unknown initializer 'test_rmp'; did you mean 'test_ramp'?"])
        #expect(
            try layer(#""constant""#).1.map(\.message) == [
                #"needs a value; write {"type": "constant", "value": 0.1}"#
            ])
    }
}
