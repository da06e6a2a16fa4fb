import Kernels

/// Places buffers in one arena so that those in use at the same time do not overlap.
///
/// Each buffer has a span of time, in steps of the pass, in which it is in use. Up to some two thousand buffers, the largest
/// are placed first, each at the lowest offset that is free throughout its span: the greedy-by-size plan of Pisarchyk and
/// Lee, "Efficient Memory Management for Deep Neural Net Inference", 2020, quadratic in the number of buffers. More are
/// placed in the order of time, each into the smallest gap that is wide enough, in O(n log n + n · gaps).
struct MemoryPlan {
    struct Request {
        var bytes: Int
        var span: ClosedRange<Int>
    }

    /// Up to so many buffers a plan takes some hundredths of a second.
    static let mostBySize = 2048

    /// For each request its offset in bytes, a multiple of the cache line.
    private(set) var offsets: [Int]
    private(set) var byteCount = 0

    init(_ requests: [Request]) {
        offsets = Array(repeating: 0, count: requests.count)
        let used = requests.indices.filter { requests[$0].bytes > 0 }
        if used.count <= Self.mostBySize { placeBySize(used, requests) } else { placeByTime(used, requests) }
    }

    /// A buffer that has its place.
    private struct Placed {
        let offset: Int
        let end: Int
        let span: ClosedRange<Int>
    }

    private mutating func placeBySize(_ used: [Int], _ requests: [Request]) {
        // Kept in the order of offsets, so that the first gap that is wide enough is the lowest.
        var placed: [Placed] = []
        placed.reserveCapacity(used.count)
        for index in used.sorted(by: { (requests[$1].bytes, $0) < (requests[$0].bytes, $1) }) {
            let (size, span) = (AlignedMemory.aligned(requests[index].bytes), requests[index].span)
            var offset = 0
            for other in placed where other.span.overlaps(span) {
                if offset + size <= other.offset { break }
                offset = max(offset, other.end)
            }
            offsets[index] = offset
            byteCount = max(byteCount, offset + size)
            let place = placed.firstIndex { $0.offset > offset } ?? placed.count
            placed.insert(Placed(offset: offset, end: offset + size, span: span), at: place)
        }
    }

    private mutating func placeByTime(_ used: [Int], _ requests: [Request]) {
        let begins = used.sorted { a, b in
            (requests[a].span.lowerBound, -requests[a].bytes, a) < (requests[b].span.lowerBound, -requests[b].bytes, b)
        }
        let ends = used.sorted { (requests[$0].span.upperBound, $0) < (requests[$1].span.upperBound, $1) }
        var gaps = Gaps()
        var ended = 0
        for index in begins {
            // A buffer is in use to the end of its span. What has ended has begun before, and has its place.
            while requests[ends[ended]].span.upperBound < requests[index].span.lowerBound {
                let offset = offsets[ends[ended]]
                gaps.add(offset..<offset + AlignedMemory.aligned(requests[ends[ended]].bytes))
                ended += 1
            }
            offsets[index] = gaps.take(AlignedMemory.aligned(requests[index].bytes))
        }
        byteCount = gaps.end
    }

    /// The free parts of an arena that grows.
    private struct Gaps {
        /// In the order of offsets, none touching the next.
        private var ranges: [Range<Int>] = []
        private(set) var end = 0

        /// The lowest of the smallest gaps that are wide enough, or at the end.
        mutating func take(_ size: Int) -> Int {
            var best: Int?
            for (index, range) in ranges.enumerated() where range.count >= size {
                if best.map({ range.count < ranges[$0].count }) ?? true { best = index }
            }
            if let best {
                let range = ranges[best]
                if range.count == size {
                    ranges.remove(at: best)
                } else {
                    ranges[best] = range.lowerBound + size..<range.upperBound
                }
                return range.lowerBound
            }
            // The last gap may be the beginning of what is needed.
            let offset = ranges.last?.upperBound == end ? ranges.removeLast().lowerBound : end
            end = offset + size
            return offset
        }

        mutating func add(_ range: Range<Int>) {
            var (low, high) = (0, ranges.count)
            while low < high {
                let middle = (low + high) / 2
                if ranges[middle].lowerBound < range.lowerBound { low = middle + 1 } else { high = middle }
            }
            var (lower, upper, first, last) = (range.lowerBound, range.upperBound, low, low)
            if low > 0, ranges[low - 1].upperBound == lower { (lower, first) = (ranges[low - 1].lowerBound, low - 1) }
            if low < ranges.count, ranges[low].lowerBound == upper { (upper, last) = (ranges[low].upperBound, low + 1) }
            ranges.replaceSubrange(first..<last, with: [lower..<upper])
        }
    }
}
