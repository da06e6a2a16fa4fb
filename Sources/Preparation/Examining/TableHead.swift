import Batches

/// Rows of a table of text as they are written, the first or those that are asked for, with their numbers: those that
/// `stormo evaluate --errors` and `stormo predict` call them by.
package struct TableHead: Sendable {
    package struct Row: Sendable {
        /// Counted from 0, without the line of names.
        package let number: Int
        /// On which it begins, counted from 1.
        package let line: Int
        package let cells: [String]
    }

    package let columns: [String]
    package let rows: [Row]

    /// - Parameters:
    ///   - table: how it is written.
    ///   - count: the most rows to read.
    /// - Throws: `DataError` and `FileError` for a table that can't be read.
    package init(_ path: String, _ table: TableSource, count: Int) throws {
        let (columns, found, _) = try Self.read(path, table, until: count) { _ in true }
        (self.columns, rows) = (columns, found)
    }

    /// - Parameter wanted: the rows' numbers.
    /// - Throws: as for the first ones; `DataError` where there is no such row.
    package init(_ path: String, _ table: TableSource, rows wanted: [Int]) throws {
        let numbers = Set(wanted)
        let (columns, found, total) = try Self.read(path, table, until: (numbers.max() ?? -1) + 1) {
            numbers.contains($0)
        }
        let byNumber = Dictionary(uniqueKeysWithValues: found.map { ($0.number, $0) })
        if let row = wanted.first(where: { byNumber[$0] == nil }) {
            throw DataError(
                "\(path) has \(total == 1 ? "1 row" : "\(total) rows"), so there is no row \(row); they are counted from 0"
            )
        }
        self.columns = columns
        rows = wanted.compactMap { byNumber[$0] }
    }

    /// - Parameters:
    ///   - end: no row from here on is read.
    ///   - isWanted: whether a row is kept, by its number.
    /// - Returns: the names of the columns, the rows that are kept, and how many were read.
    private static func read(
        _ path: String, _ table: TableSource, until end: Int, isWanted: (Int) -> Bool
    ) throws -> (columns: [String], rows: [Row], total: Int) {
        let source = try Inflate.open(path)
        let form = try TableForm(source, TableOptions(table, path))
        let reader = try form.reader(source)
        if form.hasHeader { _ = try reader.next() }
        var rows: [Row] = []
        var number = 0
        while number < end, try reader.next() {
            if isWanted(number) {
                rows.append(
                    Row(number: number, line: reader.line, cells: (0..<reader.fields.count).map { reader.text($0) }))
            }
            number += 1
        }
        return (form.names, rows, number)
    }
}
