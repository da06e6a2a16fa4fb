import Kernels
import Network
import Testing

struct ParameterLayoutTests {
    private func layout() throws -> ParameterLayout {
        let graph = Graph()
        let a = graph.parameter([5, 3], .constant(2), name: "a")
        _ = graph.parameter([4], .ones, name: "unused")
        let b = graph.parameter([17], .glorotUniform, name: "b")
        return try Program(results: [a.sum() + b.sum()]).layout
    }

    @Test("Every parameter begins at a cache line; those that a program does not use have their place too")
    func places() throws {
        let layout = try layout()
        #expect(layout.entries.map(\.name) == ["a", "unused", "b"])
        #expect(layout.entries.map(\.offset) == [0, 16, 32])
        #expect(layout.count == 64)
        #expect(layout.parameterCount == 36)
        #expect(layout.entry(named: "b")?.range == 32..<49)
        #expect(layout.entry(named: "c") == nil)
    }

    @Test("Trained parameters come first, then frozen ones, then states; each keeps its place in the declaration")
    func roles() throws {
        let graph = Graph()
        let a = graph.parameter([4], .glorotUniform, name: "a", role: .state, kind: .normalization)
        let b = graph.parameter([17], .glorotUniform, name: "b", role: .frozen)
        let c = graph.parameter([3], .glorotUniform, name: "c", kind: .bias)
        let d = graph.parameter([2], .glorotUniform, name: "d")
        let layout = try Program(results: [a.sum() + b.sum() + c.sum() + d.sum()]).layout
        #expect(layout.entries.map(\.name) == ["c", "d", "b", "a"])
        #expect(layout.entries.map(\.declaration) == [2, 3, 1, 0])
        #expect(layout.entries.map(\.kind) == [.bias, .kernel, .kernel, .normalization])
        #expect([layout.trained, layout.frozen, layout.state] == [0..<32, 32..<64, 64..<80])
        #expect(layout.count == 80)
        #expect(layout.trainedEntries.map(\.name) == ["c", "d"])
        #expect(layout.trainedCount == 5 && layout.parameterCount == 26)
    }

    @Test("Freezing a layer leaves the initial values of all layers as they were, by name")
    func initialValuesFollowTheDeclaration() throws {
        func values(frozen: Set<String>) throws -> [String: [Float]] {
            let layers = ["a", "b", "c"].map { name in
                ModelLayer(Dense(5, biasInitializer: .heNormal), name: name, isTrainable: !frozen.contains(name))
            }
            let graph = Graph()
            let layout = try Program(results: [try Model(input: [7], layers: layers).build(in: graph).output]).layout
            let memory = try AlignedMemory(floats: layout.count)
            layout.initialise(memory.floats, seed: 3)
            #expect(layout.frozen.isEmpty == frozen.isEmpty)
            #expect(layout.entries.allSatisfy { $0.layer != nil })
            return Dictionary(
                uniqueKeysWithValues: layout.entries.map { entry in
                    (entry.name, entry.range.map { memory.floats[$0] })
                })
        }
        let plain = try values(frozen: [])
        #expect(plain.count == 6)
        #expect(try values(frozen: ["a"]) == plain)
        #expect(try values(frozen: ["a", "c"]) == plain)
        #expect(try values(frozen: ["b"]) == plain)
    }

    @Test func initialValuesLeaveTheGapsAlone() throws {
        let layout = try layout()
        let memory = try AlignedMemory(floats: layout.count)
        layout.initialise(memory.floats, seed: 4)
        let values = Array(UnsafeBufferPointer(start: memory.floats, count: layout.count))
        #expect(values[0..<15].allSatisfy { $0 == 2 })
        #expect(values[15] == 0)
        #expect(values[16..<20].allSatisfy { $0 == 1 })
        #expect(values[20..<32].allSatisfy { $0 == 0 })
        #expect(values[32..<49].allSatisfy { $0 != 0 })
        #expect(values[49...].allSatisfy { $0 == 0 })
    }
}
