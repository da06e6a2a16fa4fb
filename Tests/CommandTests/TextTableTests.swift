import Testing

@testable import stormo_cli

struct TextTableTests {
    @Test func alignsAndLeavesOutEmptyColumns() {
        var table = TextTable([("name", .left), ("note", .left), ("count", .right)], indent: 2)
        table.append(["a", "", "1,000"])
        table.append(["longer", "", "7"])
        #expect(
            table.lines == [
                "  name    count",
                "  a       1,000",
                "  longer      7",
            ])
    }

    @Test func cellsHoldNoControlCharacters() {
        var table = TextTable([("name", .left)])
        table.append(["a\u{1B}[2J"])
        #expect(table.lines.last == "a\u{FFFD}[2J")
    }
}
