import ArgumentParser

/// Rows by their numbers, from 0: `2914,3000-3010`.
struct RowList: ExpressibleByArgument {
    let rows: [Int]
    private let argument: String

    static let most = 100_000

    init?(argument: String) {
        var rows: [Int] = []
        for part in argument.split(separator: ",", omittingEmptySubsequences: false) {
            let ends = part.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
            guard (1...2).contains(ends.count), let first = ends[0], let last = ends[ends.count - 1], first >= 0,
                last >= first, last - first < Self.most, rows.count + last - first < Self.most
            else { return nil }
            rows += first...last
        }
        guard !rows.isEmpty else { return nil }
        (self.rows, self.argument) = (rows, argument)
    }

    var defaultValueDescription: String { argument }
}
