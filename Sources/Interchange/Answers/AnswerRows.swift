import Batches

/// Which rows of the data answers are for, and what the answers call them.
package struct AnswerRows: Sendable {
    /// The files that the rows come from, each with the first of its rows; none where there is one that needs no name.
    package let files: [(name: String, first: Int)]
    /// Whether a file is one row, as an image is, so that its name says all.
    package let areFiles: Bool
    /// Whether rows are counted from 0 in each file, rather than through all of them.
    private let countsInFiles: Bool
    /// Of each row of the data its number in its file, where that is not how many rows stand before it; else nil.
    private let ownNumbers: [Int]?
    package let count: Int
    /// The rows of the data, ascending, where some are left out; else nil.
    private let selected: [Int]?
    /// The rows of the data that are left out, ascending.
    package let leftOut: [Int]

    /// - Parameters:
    ///   - total: the rows of the data.
    ///   - selected: those that are answered; nil for all.
    ///   - ownNumbers: of each row its number in its file, where rows of that are not among the data.
    package init(
        total: Int, selected: [Int]? = nil, files: [(name: String, first: Int)] = [], areFiles: Bool = false,
        countsInFiles: Bool = true, ownNumbers: [Int]? = nil
    ) {
        self.ownNumbers = ownNumbers
        self.files = files
        self.areFiles = areFiles
        self.countsInFiles = countsInFiles
        self.selected = selected
        count = selected?.count ?? total
        var leftOut: [Int] = []
        var next = 0
        for row in selected ?? [] {
            leftOut += next..<row
            next = row + 1
        }
        if selected != nil { leftOut += next..<max(total, next) }
        self.leftOut = leftOut
    }

    /// The numbers of the rows in the data, where some are left out.
    var numbers: [Int]? { selected }

    /// The row of the data that an answer is for.
    package func row(_ index: Int) -> Int { selected?[index] ?? index }

    /// The file of a row of the data, and the row's number, from 0.
    package func place(ofRow row: Int) -> (file: String?, row: Int) {
        let own = ownNumbers.flatMap { $0.indices.contains(row) ? $0[row] : nil }
        guard !files.isEmpty else { return (nil, own ?? row) }
        // The last file that does not begin behind it.
        var (low, high) = (0, files.count)
        while high - low > 1 {
            let middle = (low + high) / 2
            if files[middle].first <= row { low = middle } else { high = middle }
        }
        return (files[low].name, own ?? (countsInFiles ? row - files[low].first : row))
    }

    var columns: [String] { (files.isEmpty ? [] : ["file"]) + (areFiles ? [] : ["row"]) }

    func append(_ index: Int, to cells: inout [AnswerCell]) {
        let (file, number) = place(ofRow: row(index))
        if let file { cells.append(.text(file)) }
        if !areFiles { cells.append(.integer(number)) }
    }
}

extension AnswerRows {
    /// The rows of a dataset as answers name them: images by the names of their files, rows of several files with the names of
    /// these, and rows of tables by their numbers there, counting those that are left out.
    /// - Parameter files: those that the rows were read from, in their order.
    /// - Throws: `HDF5Error` and `DataError` where names and numbers can't be read.
    package init(of data: Dataset, files: [String]) throws {
        let field = data.inputs
        if let names = try data.fileNamesOfRows() {
            self.init(
                total: field.rows, selected: data.selectedRows, files: names.enumerated().map { ($1, $0) },
                areFiles: data.source?.table?.images != nil, countsInFiles: false)
            return
        }
        self.init(
            total: field.rows, selected: data.selectedRows,
            files: files.count > 1 ? zip(files, field.firstRows).map { ($0, $1) } : [],
            ownNumbers: try field.numbersInTables())
    }
}
