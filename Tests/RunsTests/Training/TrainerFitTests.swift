import Batches
import Engine
import Network
import Synchronization
import Testing

@testable import Runs

/// A fit with a closure, and one that is awaited and may be cancelled.
@Suite struct TrainerFitTests {
    private func trainer(epochs: Int, validation: Bool = false) throws -> Trainer {
        let inputs = (0..<24).map { [Float($0 % 5), Float($0 % 3)] }
        let data = try Dataset(inputs: inputs, labels: (0..<24).map { $0 % 2 })
        let model = try Model(input: [2]) {
            Dense(4, activation: .tanh)
            Dense(2, activation: .softmax)
        }
        return try Trainer(model, loss: .sparseCategoricalCrossEntropy, on: data) {
            $0.epochs = epochs
            $0.batchSize = 8
            $0.metrics = [.accuracy]
            if validation { $0.validation = data }
        }
    }

    private struct Enough: Error {}

    @Test func figuresHaveNames() throws {
        let trainer = try trainer(epochs: 3, validation: true)
        var reports: [EpochReport] = []
        let history = try trainer.fit { reports.append($0) }
        #expect(reports.map(\.record) == history)
        #expect(reports.map(\.epoch) == [1, 2, 3] && reports.allSatisfy { $0.epochs == 3 })
        #expect(
            reports[2].figures.map(\.name) == ["loss", "accuracy", "validation_loss", "validation_accuracy"])
        #expect(reports[2]["validation_accuracy"] == history[2].validationMetrics?[0])
        #expect(reports[2]["loss"] == history[2].loss && reports[2]["mae"] == nil)
        #expect(try self.trainer(epochs: 1).fit { _ in }.first?.validationLoss == nil)
    }

    @Test func anErrorOfTheClosureEndsIt() throws {
        let trainer = try trainer(epochs: 100)
        #expect(throws: Enough.self) { try trainer.fit { if $0.epoch == 4 { throw Enough() } } }
    }

    @Test func awaitedItIsTheSame() async throws {
        let waited = try trainer(epochs: 3, validation: true)
        let epochs = Mutex<[Int]>([])
        let history = try await waited.fit { report in epochs.withLock { $0.append(report.epoch) } }
        #expect(epochs.withLock { $0 } == [1, 2, 3])
        let blocking = try trainer(epochs: 3, validation: true)
        let same = try blocking.fit(observer: nil)
        #expect(history.map(\.loss) == same.map(\.loss))
        #expect(history.map(\.validationMetrics) == same.map(\.validationMetrics))
    }

    @Test(.timeLimit(.minutes(1))) func cancelledItEndsAfterTheStep() async throws {
        let epochs = Mutex(0)
        let task = Task {
            let trainer = try self.trainer(epochs: 10_000_000)
            do {
                try await trainer.fit { report in epochs.withLock { $0 = report.epoch } }
            } catch is CancellationError {
                return trainer.wasInterrupted
            }
            return false
        }
        while epochs.withLock({ $0 }) < 2 { try await Task.sleep(for: .milliseconds(1)) }
        task.cancel()
        #expect(try await task.value)
        // Before it has begun.
        let early = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            try await self.trainer(epochs: 1).fit()
        }
        await #expect(throws: CancellationError.self) { try await early.value }
    }

    @Test func anErrorOfAnAwaitedClosureIsThrown() async throws {
        let trainer = try trainer(epochs: 100)
        await #expect(throws: Enough.self) { try await trainer.fit { if $0.epoch == 2 { throw Enough() } } }
    }
}
