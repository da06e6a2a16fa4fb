import Testing

@testable import Engine

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
        // A trial of the shared way has time for 64 steps; a clear decision holds twice as long as the one before.
        #expect(chunks.map(\.steps) == [64, 20, 50_000, 64, 100_000])
    }

    @Test func sharedStepsAreKeptWhereTheyAreFaster() {
        let chunks = chunks(5, shared: 20e-6, alone: 30e-6)
        #expect(chunks.map(\.isShared) == [true, false, true, false, true])
        #expect(chunks.map(\.steps) == [64, 50, 25_000, 50, 50_000])
    }

    @Test func aCloseDecisionIsLookedAtAgainSoon() {
        let chunks = chunks(6, shared: 20e-6, alone: 22e-6)
        #expect(chunks.map(\.isShared) == [true, false, true, false, true, false])
        #expect(chunks.map(\.steps) == [64, 50, 12_500, 50, 12_500, 50])
    }

    @Test func aClearDecisionIsLookedAtAgainAfterFourSecondsAtMost() {
        let chunks = chunks(15, shared: 100e-6, alone: 500e-6)
        #expect(chunks[14] == Pace.Chunk(isShared: true, steps: 40_000))
    }

    @Test func longStepsAreAlwaysShared() {
        let chunks = chunks(4, shared: 2e-3, alone: 1e-3)
        #expect(chunks.allSatisfy { $0.isShared })
        #expect(chunks.map(\.steps) == [64, 125, 125, 125])
    }

    @Test func aChunkGoesOnOverSeveralEpochs() {
        var pace = Pace()
        pace.note(steps: 40, seconds: 4e-3)
        #expect(pace.remaining == Pace.Chunk(isShared: true, steps: 24))
        pace.note(steps: 24, seconds: 2.4e-3)
        #expect(pace.remaining == Pace.Chunk(isShared: false, steps: 10))
    }
}
