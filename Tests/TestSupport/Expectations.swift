import Testing

/// Expects a list of problems to be empty, and shows them if it is not.
package func expectNone(_ problems: [String], _ what: String = "", sourceLocation: SourceLocation = #_sourceLocation) {
    let list = ([what] + problems).joined(separator: "\n")
    #expect(problems.isEmpty, "\(list)", sourceLocation: sourceLocation)
}
