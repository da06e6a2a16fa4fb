import Kernels
import TestSupport
import Testing

@testable import Engine

@Suite struct FoldPlanTests {
    private func plans(shards: Int, workers: Int) -> [FoldPlan] {
        let plan = ShardPlan(shards: shards, workers: workers)
        return (0..<workers).map { FoldPlan(ReductionTree(shards: shards), shards: plan.shards(of: $0)) }
    }

    @Test func halvesAreRoundedUp() {
        #expect(ReductionTree.halves(of: 0..<5) == (0..<3, 3..<5))
        #expect(
            ReductionTree.program(adding: (0..<5).map { $0..<$0 + 1 }, to: 0..<5) == [0, 1, -1, 2, -1, 3, 4, -1, -1])
        #expect(ReductionTree.program(adding: [0..<3, 3..<4, 4..<5], to: 0..<5) == [0, 1, 2, -1, -1])
        #expect(ReductionTree(shards: 7).largestNode(endingWith: 3, within: 0..<7) == 0..<4)
        #expect(ReductionTree(shards: 7).largestNode(endingWith: 3, within: 1..<7) == 2..<4)
        #expect(ReductionTree(shards: 7).largestNode(endingWith: 3, within: 3..<7) == 3..<4)
    }

    @Test("Few gradients are held at a time", arguments: 1...70)
    func memory(_ shards: Int) {
        let most = 2 * Int.bitWidth - 2 * (shards - 1).leadingZeroBitCount + 1
        for workers in 1...shards {
            for plan in plans(shards: shards, workers: workers) { #expect(plan.bufferCount <= most) }
        }
    }

    @Test func sixtyFourShardsOnTwoWorkersTakeFourteen() {
        #expect(plans(shards: 64, workers: 2).map(\.bufferCount) == [7, 7])
        // Few are added as they are.
        #expect(plans(shards: 8, workers: 2).allSatisfy { $0.bufferCount == 4 && $0.folds.allSatisfy { $0 == nil } })
    }

    /// The pairs that the whole tree has, each once, whoever adds them.
    @Test(arguments: [1, 2, 3, 5, 8, 13, 31, 64], [1, 2, 3, 5, 8])
    func anyNumberOfWorkersAddsTheSamePairs(shards: Int, workers: Int) {
        func run(_ program: [Int32], _ items: [String]) -> String {
            var waiting: [String] = []
            for word in program {
                if word >= 0 {
                    waiting.append(items[Int(word)])
                } else {
                    let right = waiting.removeLast()
                    waiting.append("(\(waiting.removeLast())+\(right))")
                }
            }
            return waiting[0]
        }
        let tree = ReductionTree(shards: shards)
        let leaves = (0..<shards).map { $0..<$0 + 1 }
        let whole = run(ReductionTree.program(adding: leaves, to: tree.root), (0..<shards).map(String.init))
        var roots: [(node: Range<Int>, sum: String)] = []
        for plan in plans(shards: shards, workers: min(workers, shards)) {
            var buffers = [String](repeating: "", count: plan.bufferCount)
            for (index, shard) in plan.shards.enumerated() {
                buffers[plan.buffers[index]] = "\(shard)"
                guard let fold = plan.folds[index] else { continue }
                buffers[fold.buffers[0]] = run(fold.program, fold.buffers.map { buffers[$0] })
            }
            roots += plan.roots.map { ($0.node, buffers[$0.buffer]) }
        }
        #expect(run(ReductionTree.program(adding: roots.map(\.node), to: tree.root), roots.map(\.sum)) == whole)
    }

    /// What folding and reducing come to is the tree's sum to the bit, zeros of empty shards and negative zeros included.
    @Test(arguments: [5, 8, 21, 64], [1, 2, 3])
    func theSumIsTheTreesToTheBit(shards: Int, workers: Int) throws {
        let count = VectorLoops.block + 37
        var random = SeededRandom(shards)
        var gradients = (0..<shards).map { _ in random.floats(count, in: -10...10) }
        gradients[shards - 1] = Array(repeating: 0, count: count)
        for shard in 0..<shards - 1 { gradients[shard][5] = -0.0 }
        func sum(_ node: Range<Int>) -> [Float] {
            if node.count == 1 { return gradients[node.lowerBound] }
            let (left, right) = ReductionTree.halves(of: node)
            return zip(sum(left), sum(right)).map { $0 + $1 }
        }
        let reducer = try Reducer(count: count, shards: shards, workers: workers, isAllOrNothing: true)
        reducer.take(gradients)
        for worker in 0..<workers { reducer.reduce(worker: worker) }
        let total = reducer.folder(of: 0).roots[0].gradient.floats
        #expect((0..<count).map { total[$0].bitPattern } == sum(0..<shards).map(\.bitPattern))
    }
}
