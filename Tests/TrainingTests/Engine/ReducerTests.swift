import Kernels
import TestSupport
import Testing

@testable import Training

@Suite struct ReducerTests {
    /// Blocks of full length and one that is not.
    private let count = 2 * VectorLoops.block + 100

    private func filled(shards: Int, workers: Int, seed: Int = 1) throws -> (reducer: Reducer, sum: [Double]) {
        let reducer = try Reducer(count: count, shards: shards, workers: workers)
        var random = SeededRandom(seed)
        var sum = Array(repeating: 0.0, count: count)
        for shard in 0..<shards {
            let values = random.floats(count)
            reducer.gradient(of: shard).update(from: values, count: count)
            for index in 0..<count { sum[index] += Double(values[index]) }
        }
        return (reducer, sum)
    }

    /// One step of plain SGD with rate 1 from zero: the parameters are the sum with its sign turned.
    private func stepped(_ reducer: Reducer, workers: Int) throws -> [Float] {
        let parameters = try AlignedMemory(floats: count)
        let optimizer = try OptimizerState(.sgd(learningRate: 1), count: count)
        try WorkerTeam(workers).run { worker in
            reducer.step(worker: worker, optimizer, parameters.floats, rate: 1, step: 1)
        }
        return Array(UnsafeBufferPointer(start: parameters.floats, count: count))
    }

    @Test(arguments: [1, 2, 3, 5, 8], [1, 2, 7])
    func theGradientIsTheSumOfTheShards(shards: Int, workers: Int) throws {
        let (reducer, sum) = try filled(shards: shards, workers: workers)
        let result = try stepped(reducer, workers: workers)
        #expect(Deviation.relative(result, sum.map { -$0 }) < 1e-6)
        let norm = sum.reduce(0) { $0 + $1 * $1 }.squareRoot()
        #expect(abs(reducer.norm / norm - 1) < 1e-6)
        #expect(!reducer.hasFailed)
    }

    @Test func theBitsDoNotDependOnTheWorkers() throws {
        let results = try [1, 2, 3, 4].map { workers in
            let (reducer, _) = try filled(shards: 5, workers: workers)
            let values = try stepped(reducer, workers: workers)
            return (values.map(\.bitPattern), reducer.norm.bitPattern)
        }
        for result in results { #expect(result == results[0]) }
    }

    @Test func aShardWithoutSamplesHasNoPart() throws {
        let (reducer, _) = try filled(shards: 3, workers: 1)
        reducer.clearGradient(of: 0)
        let expected = (0..<count).map { -Double(reducer.gradient(of: 1)[$0]) - Double(reducer.gradient(of: 2)[$0]) }
        #expect(Deviation.relative(try stepped(reducer, workers: 1), expected) < 1e-6)
    }

    @Test(arguments: [Float.nan, .infinity])
    func aBlockThatIsNotFiniteIsNotStepped(bad: Float) throws {
        let (reducer, sum) = try filled(shards: 2, workers: 2)
        reducer.gradient(of: 1)[VectorLoops.block + 3] = bad
        let result = try stepped(reducer, workers: 2)
        #expect(reducer.hasFailed)
        let block = VectorLoops.block..<2 * VectorLoops.block
        for index in 0..<count {
            #expect(block.contains(index) ? result[index] == 0 : abs(Double(result[index]) + sum[index]) < 1e-5)
        }
    }
}
