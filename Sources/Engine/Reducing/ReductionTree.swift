/// The fixed binary tree in which the shards' gradients are added: of n shards the first ⌈n/2⌉ are one half, and each half is
/// cut in the same way. So the bits of a sum follow from the number of shards alone, whoever adds which part of it.
///
/// A node of the tree is the range of its shards.
struct ReductionTree: Sendable {
    typealias Node = Range<Int>

    let shards: Int

    var root: Node { 0..<shards }

    /// Both halves of a node of two shards or more.
    static func halves(of node: Node) -> (Node, Node) {
        let middle = node.lowerBound + (node.count + 1) / 2
        return (node.lowerBound..<middle, middle..<node.upperBound)
    }

    /// The largest node within a range of shards that ends where the shard does.
    /// - Parameter shard: one of the range.
    func largestNode(endingWith shard: Int, within range: Range<Int>) -> Node {
        var node = root
        while node.lowerBound < range.lowerBound || node.upperBound != shard + 1 {
            let (left, right) = Self.halves(of: node)
            node = left.contains(shard) ? left : right
        }
        return node
    }

    /// How sums of subtrees are added up to the sum of a node, in postfix order: the number of an item, or `add` for the sum
    /// of what the last two came to.
    /// - Parameter items: nodes that together are `node`, in order.
    static func program(adding items: some Collection<Node>, to node: Node) -> [Int32] {
        var program: [Int32] = []
        var next = items.startIndex
        func visit(_ node: Node) {
            if items[next] == node {
                program.append(Int32(items.distance(from: items.startIndex, to: next)))
                next = items.index(after: next)
                return
            }
            let (left, right) = halves(of: node)
            visit(left)
            visit(right)
            program.append(add)
        }
        visit(node)
        return program
    }

    /// Stands in a program for an addition.
    static let add: Int32 = -1

    /// An addition of two nodes that are stored with their first shard.
    struct Pair: Sendable, Equatable {
        let sum: Int
        let other: Int
    }

    /// The tree as additions in place, in an order in which both halves stand before they are added.
    var pairs: [Pair] {
        func pairs(of node: Node) -> [Pair] {
            guard node.count > 1 else { return [] }
            let (left, right) = Self.halves(of: node)
            return pairs(of: left) + pairs(of: right) + [Pair(sum: left.lowerBound, other: right.lowerBound)]
        }
        return pairs(of: root)
    }
}
