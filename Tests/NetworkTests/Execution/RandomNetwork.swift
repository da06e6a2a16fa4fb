import Kernels
import Network
import TestSupport

/// A graph of operators drawn at random, whose values stay of the size of 1.
struct RandomNetwork {
    let graph = Graph()
    /// Computed, and kept to be read.
    private(set) var results: [Variable] = []
    private(set) var loss: Variable
    private var random: SeededRandom
    private var pool: [Variable] = []
    private var parameters: [Variable] = []

    private let hasMaxima: Bool

    /// - Parameter hasMaxima: with max pooling, which has kinks where dropout makes zeros.
    init(seed: Int, nodes: Int = 14, hasMaxima: Bool = true) throws {
        self.hasMaxima = hasMaxima
        random = SeededRandom(seed)
        pool = [graph.input([4, 3, 2], name: "image"), graph.input([24], name: "vector")]
        loss = pool[0]
        for _ in 0..<nodes { pool.append(try next()) }
        // The loss hangs on what nobody else reads, and on a few more.
        var read: Set<Int> = []
        for node in graph.nodes { if case .operation(_, let inputs) = node.kind { read.formUnion(inputs) } }
        let chance = Int.random(in: 0...4, using: &random)
        let ends = pool.filter { !read.contains($0.index) || Int.random(in: 0...9, using: &random) < chance }
        loss = (ends[0] ** 2).mean()
        for end in ends.dropFirst() { loss = loss + (end ** 2).mean() }
        results = pool.filter { _ in Int.random(in: 0...5, using: &random) == 0 }
    }

    private mutating func pick(_ fits: (Shape) -> Bool) -> Variable? {
        pool.filter { fits($0.type.shape) }.randomElement(using: &random)
    }

    /// A new parameter, or one that is there already.
    private mutating func parameter(_ shape: Shape) -> Variable {
        if Bool.random(using: &random),
            let old = parameters.filter({ $0.type.shape == shape }).randomElement(using: &random)
        {
            return old
        }
        let new = graph.parameter(shape, .zeros, name: "parameter\(parameters.count)")
        parameters.append(new)
        return new
    }

    private mutating func next() throws -> Variable {
        let any = pool.randomElement(using: &random) ?? pool[0]
        let shape = any.type.shape
        let smooth: [Activation] = [.sigmoid, .tanh, .softplus, .swish, .gelu, .softmax, .elu(1), .linear]
        let activation = smooth.randomElement(using: &random) ?? .tanh
        switch Int.random(in: 0...11, using: &random) {
        case 0, 1:
            guard let x = pick({ $0.rank == 3 }) else { return any }
            let filters = Int.random(in: 1...3, using: &random)
            let size = Int.random(in: 1...3, using: &random)
            let y = try graph.apply(
                Convolution2DOperator(same: true),
                to: [x, parameter([size, size, x.type.shape[2], filters]), parameter([filters])])
            return y.applying(activation)
        case 2, 3:
            let units = Int.random(in: 1...5, using: &random)
            let y = try graph.apply(DenseOperator(), to: [any, parameter([shape.last, units]), parameter([units])])
            return y.applying(activation)
        case 4:
            guard let x = pick({ $0.rank == 3 }) else { return any }
            let reduction: PoolingReduction = hasMaxima && Bool.random(using: &random) ? .max : .average
            return try graph.apply(Pooling2DOperator(reduction, size: [2, 2], stride: [1, 1], same: true), to: [x])
        case 5, 6:
            guard let other = pick({ $0 == shape }) else { return any }
            return any + other
        case 7:
            guard let other = pick({ $0 == shape }) else { return any }
            return (any * other).applying(.tanh)
        case 8:
            guard let other = pick({ $0 == shape }) else { return any }
            let axis = Int.random(in: 0..<shape.rank, using: &random)
            return try graph.apply(ConcatenateOperator(axis: axis), to: [any, other])
        case 9:
            return any.reshaped(shape.rank == 1 ? [1, shape.count, 1] : [shape.count])
        case 10:
            return try graph.apply(DropoutOperator(rate: 0.3), to: [any])
        default:
            return Bool.random(using: &random) ? any * parameter([shape.last]) : any.applying(activation)
        }
    }
}
