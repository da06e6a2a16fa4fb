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
