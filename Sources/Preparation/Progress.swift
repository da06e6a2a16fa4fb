/// How far the making of a dataset is, for a display.
public struct PreparationProgress: Sendable {
    /// Of what is read or written, in bytes or in rows; 0 where it is not known.
    public let done: Int
    public let total: Int
    /// Rows written so far.
    public let rows: Int

    public init(done: Int, total: Int, rows: Int) {
        self.done = done
        self.total = total
        self.rows = rows
    }
}
