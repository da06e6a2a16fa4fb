/// Blocks of nodes that follow each other and are alike, as in deep networks, of which a picture shows the first.
enum RepeatedBlocks {
    struct Block: Hashable {
        /// Of all times together.
        var nodes: Range<Int>
        var times: Int
    }

    private static let longest = 64
    private static let least = 3

    /// - Parameters:
    ///   - signatures: equal for nodes that are alike.
    ///   - inputs: of each node those that it hangs on. Alike nodes hang on such as lie equally far before them.
    ///   - kept: nodes that must not be folded away.
    static func find(_ signatures: [String], _ inputs: [[Int]], kept: Set<Int>) -> [Block] {
        let keys = signatures.indices.map { node in
            signatures[node] + inputs[node].map { " \($0 - node)" }.joined()
        }
        var users = signatures.map { _ in [Int]() }
        for node in inputs.indices { for input in inputs[node] { users[input].append(node) } }
        var blocks: [Block] = []
        var start = 0
        while start < keys.count {
            var best: Block?
            for size in 1...longest where start + size * least <= keys.count {
                var times = 1
                while start + (times + 1) * size <= keys.count,
                    (0..<size).allSatisfy({ keys[start + $0] == keys[start + times * size + $0] })
                {
                    times += 1
                }
                // What hangs on a time that is folded away must lie in the block.
                while times >= least {
                    let range = start..<start + times * size
                    let isClosed = range.dropLast(size).allSatisfy { node in
                        !kept.contains(node) && users[node].allSatisfy(range.contains)
                    }
                    if isClosed { break }
                    times -= 1
                }
                let saved = (times - 1) * size
                if times >= least, saved > best.map({ $0.nodes.count - $0.nodes.count / $0.times }) ?? 0 {
                    best = Block(nodes: start..<start + times * size, times: times)
                }
            }
            if let best {
                blocks.append(best)
                start = best.nodes.upperBound
            } else {
                start += 1
            }
        }
        return blocks
    }

    /// The nodes that are shown: of each block its first time.
    static func kept(_ count: Int, _ blocks: [Block]) -> [Int] {
        var hidden: Set<Int> = []
        for block in blocks { hidden.formUnion(block.nodes.dropFirst(block.nodes.count / block.times)) }
        return (0..<count).filter { !hidden.contains($0) }
    }

    /// Where each node stands among those that are shown: one that is not, where it would in its block's first time.
    static func places(_ count: Int, _ blocks: [Block]) -> [Int] {
        var places = [Int](repeating: 0, count: count)
        for (place, node) in kept(count, blocks).enumerated() { places[node] = place }
        for block in blocks {
            let size = block.nodes.count / block.times
            for node in block.nodes.dropFirst(size) {
                places[node] = places[block.nodes.lowerBound + (node - block.nodes.lowerBound) % size]
            }
        }
        return places
    }
}
