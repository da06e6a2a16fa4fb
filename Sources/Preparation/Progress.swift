/// How far the making of a dataset is, for a display.
package struct PreparationProgress: Sendable {
    /// Of what is read or written, in bytes or in rows; 0 where it is not known.
    package let done: Int
    package let total: Int
    /// Rows written so far.
    package let rows: Int

    package init(done: Int, total: Int, rows: Int) {
        self.done = done
        self.total = total
        self.rows = rows
    }
}
