import Kernels
import Network
import TestSupport
import Testing

struct ExpressionsTests {
    @Test("(w·x - 10)² at w = 2, x = 3")
    func theExampleOfTheReadme() throws {
        let graph = Graph()
        let w = graph.parameter(2, name: "w")
        let x = graph.constant(3)
        let loss = (w * x - 10) ** 2
        let gradients = try loss.gradients()
        #expect(gradients.value == 16)
        #expect(gradients[w] == [-24])
        #expect(gradients[x] == [-16])
        #expect(gradients[loss] == [1])
    }

    /// Values within 2e-6, gradients of parameters and of all nodes in between within 1e-5 of central differences.
    @Test("Every operator on variables, with numbers on either side")
    func everyOperator() throws {
        let graph = Graph()
        let a = graph.parameter([2, 3], .zeros, name: "a")
        let b = graph.parameter([3], .zeros, name: "b")
        let s = graph.parameter(1, name: "s")
        let positive = (a ** 2 + 1).squareRoot()
        let terms = [
            (a + b) * s, a - b, s - a, a * b, a / (b ** 2 + 1), 2 + a, 2 - a, 2 * a, 2 / positive, a + 3, a - 3, a * 3,
            a / 3, -a, positive, a.exponential(), positive.logarithm(), (a + 2).magnitude(),
            a.applying(.sigmoid), a.applying(.softmax), a.reshaped([3, 2]).multiplied(by: a), a ** 3,
        ]
        for term in terms {
            for loss in [(term * term).mean(), (term * 0.5).sum()] {
                expectNone(try NetworkRun(loss, samples: 1).problems(), term.name)
            }
        }
    }

    @Test("A batched variable with one that is not, on either side", arguments: [1, 3])
    func broadcasting(_ samples: Int) throws {
        let graph = Graph()
        let x = graph.input([2, 3])
        let row = graph.parameter([3], .zeros, name: "row")
        let whole = graph.parameter([2, 3], .zeros, name: "whole")
        let number = graph.parameter(1, name: "number")
        for term in [x + row, row - x, x * whole, whole / (x * x + 1), number * x, x - number, row + whole] {
            expectNone(try NetworkRun((term * x).sum(), samples: samples).problems())
        }
        #expect((row + x).type == .batched([2, 3]))
        #expect((number + row).type == .single([3]))
    }

    @Test("A mistake is kept until the expression is compiled, and the first is told")
    func mistakes() throws {
        let graph = Graph()
        let a = graph.parameter([2, 3], .zeros, name: "a")
        let b = graph.parameter([2], .zeros, name: "b")
        let wrong = ((a + b) * 2).mean() + a.reshaped([5]).mean()
        let error = try #require(throws: GraphError.self) { try wrong.gradients() }
        #expect(
            error.description
                == "add: the shapes 2×3 and 2 do not fit: dimensions must be equal or 1")
        #expect(graph.firstError == error)
        #expect(throws: error) { _ = try Program(results: [a]) }
    }

    @Test func sentences() {
        func sentence(_ body: (Graph) -> Variable) -> String? {
            let graph = Graph()
            _ = body(graph)
            return graph.firstError?.description
        }
        #expect(
            sentence { $0.constant([1, 2], [3]) } == "a constant of shape 3 takes 3 values, not 2")
        #expect(
            sentence { $0.constant([1, 2], [2]).reshaped([3]) }
                == "reshape: 2 has 2 elements and can't become 3, which has 3")
        #expect(
            sentence { $0.input([4]).multiplied(by: $0.parameter([3, 2], .ones, name: "w")) }
                == "dense: rows of 4 can't be multiplied by a matrix of 3×2: "
                + "the last dimension must be the matrix's first")
        #expect(
            sentence { $0.input([3]) - $0.input([4]) }
                == "subtract: the shapes batch×3 and batch×4 do not fit: dimensions must be equal or 1")
        #expect(
            sentence { $0.constant(1).applying(.softmax) }
                == "softmax: needs a dimension of classes, but was given single numbers")
        #expect(
            sentence { $0.constant(1) + Graph().parameter(2, name: "w") }
                == "add takes variables of one graph, but 'w' is of another")
    }
}
