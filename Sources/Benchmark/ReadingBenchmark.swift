import Batches
import Configuration
import Runs

/// How fast the rows of a config's training data come, with nobody to train on them.
///
/// Epochs are read as training reads them: the same order, windows and threads. With data in memory that is next to
/// nothing, so the limit of the memory is what makes it a measurement.
package struct ReadingBenchmark: Sendable {
    package let rows: Int
    /// Of the rows as they are stored, without compression.
    package let bytes: Int
    package let seconds: Double
    /// Whether the rows came from files.
    package let isStreamed: Bool
    /// The most rows that were mixed.
    package let windowRows: Int

    package var json: JSONNode {
        [
            "rows": JSONNode(rows), "bytes": JSONNode(bytes), "seconds": JSONNode(seconds),
            "rows_per_second": JSONNode(rowsPerSecond), "bytes_per_second": JSONNode(bytesPerSecond),
            "streamed": JSONNode(isStreamed), "window_rows": JSONNode(windowRows),
        ]
    }

    package var rowsPerSecond: Double { Double(rows) / seconds }
    package var bytesPerSecond: Double { Double(bytes) / seconds }

    /// - Parameter seconds: how long to read; at least one epoch.
    /// - Throws: as `TrainingRun` does for data that can't be read.
    package init(_ configuration: RunConfiguration, seconds: Double) throws {
        var data = try RunData(configuration.data, seed: configuration.seed).training
        if !configuration.training.shuffle { data.shuffleWindow = nil }
        try configuration.checkShuffleWindow(data, batch: min(configuration.training.wholeBatch, data.count))
        let reader = try BatchReader(
            data, batchSize: min(configuration.training.wholeBatch, data.count),
            isShuffled: configuration.training.shuffle, seed: configuration.seed)
        isStreamed = !data.isInMemory
        windowRows = isStreamed ? try data.windowRows(atLeast: reader.batchSize) : data.count
        let start = ContinuousClock.now
        var rows = 0
        var epoch = 0
        repeat {
            try reader.begin(epoch: epoch)
            for _ in 0..<reader.batchesPerEpoch { rows += try reader.next().count }
            epoch += 1
        } while (ContinuousClock.now - start).seconds < seconds
        self.seconds = (ContinuousClock.now - start).seconds
        self.rows = rows
        bytes = rows * (data.byteCount / max(data.inputs.rows, 1))
    }
}
