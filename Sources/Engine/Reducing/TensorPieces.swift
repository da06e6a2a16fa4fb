import Network

/// The parameter tensors cut at the boundaries of the reducer's blocks.
///
/// A tensor's squares are added up piece by piece, each within one block and so by one worker. Their sum in the order
/// of the pieces is the same for any number of workers.
struct TensorPieces {
    struct Piece {
        /// The tensor's place among the tensors.
        let tensor: Int
        /// Of the parameter buffer.
        let begin: Int
        let count: Int
    }

    private(set) var pieces: [Piece] = []
    /// Each tensor's pieces.
    private(set) var ofTensor: [Range<Int>] = []
    /// Each block's pieces.
    private(set) var ofBlock: [Range<Int>] = []

    init(_ tensors: [ParameterLayout.Entry], blocks: Int, blockLength: Int) {
        // By place, which is the layout's own order; the blocks' pieces must follow each other.
        precondition(zip(tensors, tensors.dropFirst()).allSatisfy { $0.range.upperBound <= $1.offset })
        for (index, tensor) in tensors.enumerated() {
            let first = pieces.count
            var begin = tensor.offset
            while begin < tensor.range.upperBound {
                let end = min(tensor.range.upperBound, (begin / blockLength + 1) * blockLength)
                pieces.append(Piece(tensor: index, begin: begin, count: end - begin))
                begin = end
            }
            ofTensor.append(first..<pieces.count)
        }
        var next = 0
        for block in 0..<blocks {
            let first = next
            while next < pieces.count, pieces[next].begin < (block + 1) * blockLength { next += 1 }
            ofBlock.append(first..<next)
        }
    }
}
