/// How a worker folds the gradients of its shards as they finish, so that it holds few of them at a time.
///
/// Each shard's gradient is put into a buffer. When the last shard of a subtree has finished and at least `least` sums of its
/// parts are held, they are added in one pass into the first one's buffer, and the others are free again. Several in one pass
/// cost far less memory traffic than pair after pair. What is left when all shards have finished, the reducer adds.
struct FoldPlan: Sendable {
    /// Sums that are added in one pass, all of them parts of one subtree.
    struct Fold: Sendable, Equatable {
        /// Where the parts are, in order; the sum goes into the first.
        var buffers: [Int]
        var program: [Int32]
    }

    let shards: Range<Int>
    /// The number of buffers that are needed: at most 2⌈log₂ n⌉ + 1 for n shards in all.
    private(set) var bufferCount = 0
    /// For each of the worker's shards where its gradient goes.
    private(set) var buffers: [Int] = []
    /// For each of the worker's shards what is folded when it has finished.
    private(set) var folds: [Fold?] = []
    /// The subtrees that are left in the end, with their buffers.
    private(set) var roots: [(node: ReductionTree.Node, buffer: Int)] = []

    /// Fewer are left for later.
    private static let least = 4

    /// - Parameter shards: the worker's, in the order in which it runs them.
    init(_ tree: ReductionTree, shards: Range<Int>) {
        self.shards = shards
        var free: [Int] = []
        for shard in shards {
            if free.isEmpty {
                free.append(bufferCount)
                bufferCount += 1
            }
            let buffer = free.removeLast()
            buffers.append(buffer)
            roots.append((shard..<shard + 1, buffer))
            let node = tree.largestNode(endingWith: shard, within: shards)
            let first = roots.firstIndex { $0.node.lowerBound >= node.lowerBound }!
            let parts = roots[first...]
            // The last fold is the reducer's, which goes through all parts anyway.
            guard parts.count >= Self.least, shard + 1 < shards.upperBound else {
                folds.append(nil)
                continue
            }
            let places = parts.map(\.buffer)
            folds.append(
                Fold(buffers: places, program: ReductionTree.program(adding: parts.map(\.node), to: node)))
            free.append(contentsOf: places.dropFirst().reversed())
            roots.replaceSubrange(first..., with: [(node, places[0])])
        }
    }
}
