import Kernels

/// Places buffers in one arena so that those in use at the same time do not overlap.
///
/// Each buffer has a span of time, in steps of the pass, in which it is in use. The largest are placed first, each
/// at the lowest offset that is free throughout its span: the greedy-by-size plan of Pisarchyk and Lee,
/// "Efficient Memory Management for Deep Neural Net Inference", 2020. Quadratic in the number of buffers.
struct MemoryPlan {
    struct Request {
        var bytes: Int
        var span: ClosedRange<Int>
    }

    /// For each request its offset in bytes, a multiple of the cache line.
    let offsets: [Int]
    let byteCount: Int

    init(_ requests: [Request]) {
        var offsets = Array(repeating: 0, count: requests.count)
        var placed: [Int] = []
        var total = 0
        let bySize = requests.indices.sorted {
            (requests[$1].bytes, $0) < (requests[$0].bytes, $1)
        }
        for index in bySize where requests[index].bytes > 0 {
            let size = AlignedMemory.aligned(requests[index].bytes)
            var offset = 0
            // `placed` is kept in the order of offsets, so the first gap that is wide enough is the lowest.
            for other in placed where requests[other].span.overlaps(requests[index].span) {
                if offset + size <= offsets[other] { break }
                offset = max(offset, offsets[other] + AlignedMemory.aligned(requests[other].bytes))
            }
            offsets[index] = offset
            total = max(total, offset + size)
            placed.insert(index, at: placed.firstIndex { offsets[$0] > offset } ?? placed.count)
        }
        self.offsets = offsets
        byteCount = total
    }
}
