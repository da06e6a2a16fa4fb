import Files
import Foundation

/// Writes what TensorBoard shows: scalars, histograms, pictures and texts.
///
/// Each is collected first; `flush` writes what was collected at once.
package final class EventLog {
    private let files: EventFiles
    private var waiting: [Event] = []

    /// - Parameters:
    ///   - step: after which the run goes on; nil for one that begins.
    ///   - time: now.
    /// - Throws: `FileError` where the folder can't be made, read or written.
    package init(_ directory: String, after step: Int?, at time: Date) throws {
        files = try EventFiles(directory, after: step, at: time)
    }

    /// Values by tag; those that are not finite are written as they are, and TensorBoard draws them as gaps.
    package func scalars(_ values: [(tag: String, value: Double)], step: Int, at time: Date) {
        add(
            values.map { tag, number in
                var value = Summary.Value()
                (value.tag, value.simpleValue) = (tag, Float(number))
                return value
            }, step, time)
    }

    package func histograms(_ values: [(tag: String, histogram: TensorHistogram)], step: Int, at time: Date) {
        add(
            values.map { tag, histogram in
                var value = Summary.Value()
                (value.tag, value.histo) = (tag, histogram.message)
                return value
            }, step, time)
    }

    package func image(_ tag: String, _ image: PNGImage, step: Int, at time: Date) {
        var value = Summary.Value()
        value.tag = tag
        value.image.height = Int32(image.height)
        value.image.width = Int32(image.width)
        value.image.colorspace = Int32(image.channels)
        value.image.encodedImageString = Data(image.encoded)
        add([value], step, time)
    }

    /// - Parameter text: Markdown.
    package func text(_ tag: String, _ text: String, step: Int, at time: Date) {
        var value = Summary.Value()
        value.tag = tag
        value.metadata.pluginData.pluginName = "text"
        value.tensor.dtype = 7
        var one = TensorShape.Dim()
        one.size = 1
        value.tensor.tensorShape.dim = [one]
        value.tensor.stringVal = [Data(text.utf8)]
        add([value], step, time)
    }

    /// - Throws: `FileError` where the file can't be written; what was collected is then written by the next `flush`.
    package func flush() throws {
        let events = waiting
        waiting = []
        try files.append(events)
    }

    /// Goes on after an earlier step: what was written of later ones is cut off.
    /// - Throws: `FileError` where the files can't be cut.
    package func goBack(to step: Int, at time: Date) throws {
        waiting = []
        try files.goBack(to: step, at: time)
    }

    private func add(_ values: [Summary.Value], _ step: Int, _ time: Date) {
        guard !values.isEmpty else { return }
        var event = Event()
        (event.step, event.wallTime) = (Int64(step), time.timeIntervalSince1970)
        event.summary.value = values
        waiting.append(event)
    }
}
