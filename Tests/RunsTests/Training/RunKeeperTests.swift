import Foundation
import Kernels
import RunSupport
import Synchronization
import TestSupport
import Testing

@testable import Engine
@testable import Runs

@Suite struct RunKeeperTests {
    /// Counts what is being written, and can hold it up or fail.
    private final class Writer: Sendable {
        struct Failure: Error, CustomStringConvertible { let description: String }
        let gate = DispatchSemaphore(value: 0)
        let steps = Mutex<[Int]>([])
        let failure = Mutex<String?>(nil)
        let isGated: Bool
        init(isGated: Bool = false) { self.isGated = isGated }

        func checkpoint(_ state: TrainingState) throws -> Checkpoint {
            if isGated { gate.wait() }
            if let failure = failure.withLock({ $0 }) { throw Failure(description: failure) }
            steps.withLock { $0.append(state.step) }
            return try CheckpointFixture.checkpoint(step: state.step)
        }
    }

    private let directory: TestDirectory
    private let writer = Writer()

    init() throws { directory = try TestDirectory() }

    private func state(step: Int) throws -> TrainingState {
        let vector = try ModelFixture.trained(ModelFixture.mlp()).parameters
        return TrainingState(
            parameters: vector, moments: [], history: [], step: step, rateFactor: 1, rewinds: 0, skipped: 0)
    }

    private func keeper(
        _ every: CheckpointConfiguration.Interval, keepLast: Int = 100, keepBest: Bool = true,
        stop: StopRequest? = nil, from step: Int = 0, _ writer: Writer
    ) throws -> RunKeeper {
        try RunKeeper(
            CheckpointConfiguration(every: every, keepLast: keepLast, keepBest: keepBest),
            CheckpointStore(directory.path, keepLast: keepLast, keepBest: keepBest), stop: stop,
            from: state(step: step), keepsLatest: true
        ) { try writer.checkpoint($0) }
    }

    @Test func stepsAreCountedFromTheLastSave() throws {
        let keeper = try keeper(.steps(10), from: 3, writer)
        #expect((4...12).allSatisfy { keeper.verdict(step: $0) == .continue })
        #expect(keeper.verdict(step: 13) == .save)
        keeper.keep(try state(step: 13))
        keeper.finish()
        #expect(keeper.verdict(step: 22) == .continue)
        #expect(keeper.verdict(step: 23) == .save)
        #expect(!keeper.isDue(epoch: 1, step: 22))
        #expect(keeper.isDue(epoch: 1, step: 23))
        #expect(keeper.latest?.step == 13)
    }

    @Test func epochsAreDueAtTheirEndAlone() throws {
        let keeper = try keeper(.epochs(3), writer)
        #expect(keeper.verdict(step: 1_000_000) == .continue)
        #expect((1...7).filter { keeper.isDue(epoch: $0, step: 10 * $0) } == [3, 6])
    }

    @Test func secondsAreCountedFromTheLastSave() throws {
        let keeper = try keeper(.seconds(0.3), writer)
        #expect(keeper.verdict(step: 1) == .continue)
        usleep(350_000)
        #expect(keeper.verdict(step: 2) == .save)
        keeper.keep(try state(step: 2))
        keeper.finish()
        #expect(keeper.verdict(step: 3) == .continue)
    }

    @Test func whoAsksIsHeard() throws {
        let stop = StopRequest()
        let keeper = try keeper(.seconds(1000), stop: stop, writer)
        #expect(keeper.verdict(step: 1) == .continue)
        stop.save()
        #expect(keeper.verdict(step: 2) == .save)
        #expect(keeper.verdict(step: 3) == .continue, "asked once, saved once")
        stop.stop(15)
        stop.stop(2)
        #expect(keeper.verdict(step: 4) == .stop)
        #expect(stop.signal == 15, "the first one counts")
    }

    /// A disk slower than the steps: one state is written, two wait at most, and none is due meanwhile.
    @Test func oneAtATime() throws {
        let writer = Writer(isGated: true)
        let keeper = try keeper(.steps(1), writer)
        keeper.keep(try state(step: 1))
        #expect(keeper.verdict(step: 50) == .continue)
        for step in 2...5 { keeper.keep(try state(step: step), isBest: step == 3) }
        for _ in 0..<8 { writer.gate.signal() }
        keeper.finish()
        let written = writer.steps.withLock { $0 }
        // One may have been taken before the best came, whichever was the newest then.
        #expect(written.suffix(2) == [3, 5])
        #expect(written.count <= 3)
        #expect(keeper.verdict(step: 50) == .save)
        let store = CheckpointStore(reading: directory.path)
        #expect(store.steps == written)
        #expect(try Checkpoint(contentsOf: store.bestPath).integers["step"] == [3])
        // The same state as the newest and the best is written once.
        keeper.keep(try state(step: 6), isBest: true)
        keeper.finish()
        #expect(writer.steps.withLock { $0 } == written + [6])
    }

    /// A copy that there is no memory for: training goes on, it is said, and the next state may be saved.
    @Test func aStateThatCannotBeMadeIsTrouble() throws {
        let keeper = try keeper(.steps(5), writer)
        keeper.keep(step: 5, isBest: true) { throw KernelError.outOfMemory(bytes: 4096) }
        let sentence =
            "the state of step 5 can't be saved: the system has no 4096 bytes of memory left; use a smaller batch_size or "
            + "fewer workers"
        #expect(keeper.takeWarnings() == [sentence])
        #expect(keeper.failure == sentence && keeper.lastFailure == sentence)
        #expect(keeper.verdict(step: 9) == .continue, "not at every step from now on")
        #expect(keeper.verdict(step: 10) == .save)
        keeper.keep(step: 10) { try state(step: 10) }
        keeper.finish()
        #expect(keeper.lastFailure == nil && keeper.failure == sentence)
        #expect(CheckpointStore(reading: directory.path).steps == [10])
    }

    @Test func theEndNeedsNoCopy() throws {
        let stop = StopRequest()
        let keeper = try keeper(.seconds(1000), stop: stop, writer)
        #expect(keeper.verdict(step: 1) == .continue && !keeper.isEnding)
        stop.stop(15)
        #expect(keeper.verdict(step: 2) == .stop && keeper.isEnding)
    }

    @Test func troubleIsToldOnceEachTimeItBegins() throws {
        let keeper = try keeper(.steps(1), writer)
        func keep(_ step: Int, _ failure: String?) throws {
            writer.failure.withLock { $0 = failure }
            keeper.keep(try state(step: step))
            keeper.finish()
        }
        try keep(1, nil)
        #expect(keeper.takeWarnings() == [])
        #expect(keeper.failure == nil)
        try keep(2, "the disk is full: 7 bytes")
        try keep(3, "the disk is full: 3 bytes")
        #expect(keeper.takeWarnings() == ["the disk is full: 7 bytes"])
        #expect(keeper.takeWarnings() == [])
        #expect(keeper.lastFailure == "the disk is full: 3 bytes")
        try keep(4, nil)
        #expect(keeper.lastFailure == nil)
        #expect(keeper.failure == "the disk is full: 3 bytes", "the exit status tells of it all the same")
        try keep(5, "again")
        #expect(keeper.takeWarnings() == ["again"])
        #expect(CheckpointStore(reading: directory.path).steps == [1, 4])
    }
}
