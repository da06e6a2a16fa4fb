import Testing

@testable import Engine
@testable import Network

@Suite struct TensorPiecesTests {
    @Test func piecesCoverTheTensorsAndStayWithinBlocks() {
        var layout = ParameterLayout()
        for (index, count) in [5, 40, 64, 1, 200].enumerated() {
            layout.append("t\(index)", [count], .zeros, node: index)
        }
        let blocks = (layout.count + 63) / 64
        let cut = TensorPieces(layout.entries, blocks: blocks, blockLength: 64)
        for (index, entry) in layout.entries.enumerated() {
            let pieces = cut.pieces[cut.ofTensor[index]]
            #expect(pieces.allSatisfy { $0.tensor == index })
            #expect(pieces.flatMap { $0.begin..<$0.begin + $0.count } == Array(entry.range))
        }
        #expect(cut.ofBlock.count == blocks)
        #expect(cut.ofBlock.flatMap { $0 } == Array(cut.pieces.indices))
        for (block, range) in cut.ofBlock.enumerated() {
            for piece in cut.pieces[range] {
                #expect(piece.begin / 64 == block && (piece.begin + piece.count - 1) / 64 == block && piece.count > 0)
            }
        }
    }

    @Test func noTensorsMakeNoPieces() {
        let cut = TensorPieces([], blocks: 3, blockLength: 64)
        #expect(cut.pieces.isEmpty && cut.ofTensor.isEmpty)
        #expect(cut.ofBlock == [0..<0, 0..<0, 0..<0])
    }
}
