/// A picture of data that can be drawn at any width.
///
/// A chart is one file in this folder. It says what it shows, what is to be seen in it, and what its numbers are; `Figure`
/// sets it in a page, `StandaloneSVG` in a file of its own.
package protocol Chart: Sendable {
    /// What is shown: `Validation loss`.
    var title: String { get }
    /// What is to be seen: `Lowest at epoch 7 (0.0812).`
    var caption: String { get }
    /// What is not drawn, and why, one sentence each.
    var remarks: [String] { get }
    var table: DataTable { get }
    /// Draws it for a width in pixels, 240 at least. The height follows.
    func drawn(width: Double) -> Canvas
}

extension Chart {
    package var remarks: [String] { [] }
}
