import Batches

/// Texts are kept as strings of one length, that of the longest, so a single long one among many takes as much as if all
/// were so long.
enum TextBudget {
    /// The most bytes for a list of texts.
    static let most = 256 << 20

    /// - Parameters:
    ///   - what: names the list.
    ///   - advice: what can be done.
    /// - Throws: `DataError` where the texts would take more.
    static func check(_ texts: [String], _ what: String, _ advice: @autoclosure () -> String) throws {
        let longest = texts.reduce(0) { max($0, $1.utf8.count) }
        guard texts.count.multipliedReportingOverflow(by: longest).overflow || texts.count * longest > most else {
            return
        }
        throw DataError(
            "\(what) are \(texts.count), the longest of \(longest) bytes; kept as strings of that length they would be more "
                + "than \(most >> 20) MiB; \(advice())")
    }
}
