/// Which rows of the data answers are for, and what the answers call them.
package struct AnswerRows: Sendable {
    /// The files that the rows come from, each with the first of its rows; none where there is one that needs no name.
    package let files: [(name: String, first: Int)]
    /// Whether a file is one row, as an image is, so that its name says all.
    package let areFiles: Bool
    /// Whether rows are counted from 0 in each file, rather than through all of them.
    private let countsInFiles: Bool
    package let count: Int
    /// The rows of the data, ascending, where some are left out; else nil.
    private let selected: [Int]?
    /// The rows of the data that are left out, ascending.
    package let leftOut: [Int]

    /// - Parameters:
    ///   - total: the rows of the data.
    ///   - selected: those that are answered; nil for all.
    package init(
        total: Int, selected: [Int]? = nil, files: [(name: String, first: Int)] = [], areFiles: Bool = false,
        countsInFiles: Bool = true
    ) {
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
        guard !files.isEmpty else { return (nil, row) }
        // The last file that does not begin behind it.
        var (low, high) = (0, files.count)
        while high - low > 1 {
            let middle = (low + high) / 2
            if files[middle].first <= row { low = middle } else { high = middle }
        }
        return (files[low].name, countsInFiles ? row - files[low].first : row)
    }

    var columns: [String] { (files.isEmpty ? [] : ["file"]) + (areFiles ? [] : ["row"]) }

    func append(_ index: Int, to cells: inout [AnswerCell]) {
        let (file, number) = place(ofRow: row(index))
        if let file { cells.append(.text(file)) }
        if !areFiles { cells.append(.integer(number)) }
    }
}
