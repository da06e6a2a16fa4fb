import Kernels
import Testing

@testable import Network

struct LifetimesTests {
    @Test("From a value's making, or a pass's beginning, to its last reader on the way back")
    func spans() throws {
        let graph = Graph()
        let x = graph.input([3])
        let w = graph.parameter([3], .ones, name: "w")
        let y = x * w
        let z = y.exponential()
        let loss = z.sum()
        let program = try Program(results: [], loss: loss)
        let lifetimes = Lifetimes(program, owner: Array(program.nodes.indices), Tiling(program, samples: 1))
        // Forward x, w, y, z, loss at 0...4; backward loss, z, y at 5, 6, 7.
        #expect(lifetimes.whole == -1...8)
        // A product's backward pass reads its inputs; eˣ's reads its result; the loss is a result of the program.
        #expect(lifetimes.values[x.index] == -1...7)
        #expect(lifetimes.values[y.index] == 2...6)
        #expect(lifetimes.values[z.index] == 3...6)
        #expect(lifetimes.values[loss.index] == 4...8)
        // The gradients of the loss, of z and of y; that of w has its place with the parameters.
        #expect(lifetimes.gradients == [5...5, 5...6, 6...7])
        #expect(lifetimes.kernels == [y.index: 2...7, z.index: 3...6, loss.index: 4...5])
    }

    @Test("A view prolongs the life of the value that it looks at")
    func views() throws {
        let graph = Graph()
        let x = graph.input([2, 2])
        let y = x.applying(.tanh)
        let flat = y.reshaped([4])
        let results = [flat.sum()]
        let program = try Program(results: results)
        var owner = Array(program.nodes.indices)
        owner[flat.index] = y.index
        let lifetimes = Lifetimes(program, owner: owner, Tiling(program, samples: 1))
        #expect(lifetimes.values == [x.index: -1...1, y.index: 1...3, results[0].index: 3...4])
        #expect(lifetimes.gradients.isEmpty)
    }
}
