import Testing

@testable import Training

@Suite struct PaceTests {
    /// Plays a machine on which steps take the given seconds, and returns the chunks that it was asked for.
    private func chunks(_ count: Int, shared: Double, alone: Double) -> [Pace.Chunk] {
        var pace = Pace()
        return (0..<count).map { _ in
            let chunk = pace.remaining
            pace.note(steps: chunk.steps, seconds: Double(chunk.steps) * (chunk.isShared ? shared : alone))
            return chunk
        }
    }

    @Test func bothWaysAreTriedAndTheFasterIsKeptForAWhile() {
        let chunks = chunks(5, shared: 50e-6, alone: 10e-6)
        #expect(chunks.map(\.isShared) == [true, false, false, true, false])
        #expect(chunks.map(\.steps) == [16, 16, 25_000, 16, 25_000])
    }

    @Test func sharedStepsAreKeptWhereTheyAreFaster() {
        let chunks = chunks(5, shared: 20e-6, alone: 30e-6)
        #expect(chunks.map(\.isShared) == [true, false, true, false, true])
        #expect(chunks[2].steps == 12_500)
    }

    @Test func longStepsAreAlwaysShared() {
        let chunks = chunks(4, shared: 2e-3, alone: 1e-3)
        #expect(chunks.allSatisfy { $0.isShared })
        #expect(chunks.map(\.steps) == [16, 125, 125, 125])
    }

    @Test func aChunkGoesOnOverSeveralEpochs() {
        var pace = Pace()
        pace.note(steps: 10, seconds: 1e-4)
        #expect(pace.remaining == Pace.Chunk(isShared: true, steps: 6))
        pace.note(steps: 6, seconds: 1e-4)
        #expect(pace.remaining == Pace.Chunk(isShared: false, steps: 16))
    }
}
