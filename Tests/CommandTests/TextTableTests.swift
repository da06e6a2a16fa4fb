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

    private var wide: TextTable {
        var table = TextTable([("config", .left), ("choice", .left), ("because", .left)])
        table.append([
            "data.test", "15% of the rows", "measured once, at the end; 700 rows are enough for it, and more",
        ])
        table.append(["loss", "mean_squared_error", "its least is what R² measures"])
        return table
    }

    @Test func textsAreWrappedWithinTheWidth() {
        #expect(
            wide.lines(within: 80).map(\.text) == [
                "config     choice              because",
                "data.test  15% of the rows     measured once, at the end; 700 rows are enough",
                "                               for it, and more",
                "loss       mean_squared_error  its least is what R² measures",
            ])
        // No word is cut: what has no room follows.
        #expect(
            wide.lines(within: 40).map(\.text) == [
                "config     choice",
                "data.test  15% of the rows",
                "loss       mean_squared_error",
                "",
                "config     because",
                "data.test  measured once, at the end;",
                "           700 rows are enough for it,",
                "           and more",
                "loss       its least is what R² measures",
            ])
        #expect(
            wide.lines(within: 40).map(\.isHeading) == [true, false, false, false, true]
                + Array(repeating: false, count: 4))
        #expect(wide.lines(within: nil).map(\.text) == wide.lines)
    }

    /// Where a word has no room beside the first column, rows stand one after the other; a longer word than a line is whole.
    @Test func rowsWithLongWordsAreStacked() {
        var table = TextTable([("config", .left), ("choice", .left), ("because", .left)])
        table.append(["training.batch_size", "sparse_categorical_crossentropy", "it is"])
        let path = String(repeating: "folder/", count: 8)
        table.append(["data.train.missing", "", "19 values are missing: filled with the mean of \(path)"])
        #expect(
            table.lines(within: 40).map(\.text) == [
                "training.batch_size",
                "  choice:",
                "  sparse_categorical_crossentropy",
                "  because: it is",
                "data.train.missing",
                "  because: 19 values are missing: filled",
                "  with the mean of",
                "  \(path)",
            ])
    }

    @Test func columnsWithoutRoomFollowInAnotherTable() {
        var table = TextTable(
            [("label", .left)] + ["precision", "recall", "f1", "predicted", "rows"].map { ($0, .right) })
        table.append(["high", "0.9512", "0.8734", "0.9106", "1,024", "12,000"])
        table.append(["low", "0.5", "0.25", "0.3333", "7", "12,000"])
        #expect(
            table.lines(within: 40).map(\.text) == [
                "label  precision  recall      f1",
                "high      0.9512  0.8734  0.9106",
                "low          0.5    0.25  0.3333",
                "",
                "label  predicted    rows",
                "high       1,024  12,000",
                "low            7  12,000",
            ])
        // Narrower than any terminal.
        #expect(table.lines(within: 1).map(\.text) == table.lines(within: 40).map(\.text))
    }

    @Test func cellsHoldNoControlCharacters() {
        var table = TextTable([("name", .left)])
        table.append(["a\u{1B}[2J"])
        #expect(table.lines.last == "a\u{FFFD}[2J")
    }

    /// What a row lacks in a further table is not told there.
    @Test func furtherTablesHaveTheRowsThatHaveATextThere() {
        var table = TextTable([("run", .left), ("lowest validation_loss", .left), ("came to", .left), ("note", .left)])
        table.append(["runs/a-long-name-of-a-run", "0.1250 (epoch 2)", "", ""])
        table.append(["runs/b", "0.2500 (epoch 12)", "test accuracy 0.9750", "killed"])
        #expect(
            table.lines(within: 48).map(\.text) == [
                "run                        lowest",
                "                           validation_loss",
                "runs/a-long-name-of-a-run  0.1250 (epoch 2)",
                "runs/b                     0.2500 (epoch 12)",
                "",
                "run                        came to        note",
                "runs/b                     test accuracy  killed",
                "                           0.9750",
            ])
    }
}
