/// Something asked of a report or a plot that the runs do not have, as a sentence.
package struct ReportError: Error, Hashable, Sendable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }
}
