import ArgumentParser
import Batches
import Preparation

/// How a table of text is written.
struct TableFormArguments: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "How characters are written: utf-8 (the default), latin-1 (with Windows's characters) or utf-16.",
            valueName: "name"))
    var encoding: TextEncoding?

    @Option(
        help: ArgumentHelp(
            "The character between a table's fields, or 'tab' (default: found out).", valueName: "character"))
    var delimiter: String?

    @Flag(inversion: .prefixedNo, help: "Whether a table's first line names the columns (default: found out).")
    var header: Bool?

    @Flag(help: "Numbers have a decimal comma.")
    var decimalComma = false

    func validate() throws { try Self.check(delimiter: delimiter) }

    static func check(delimiter: String?) throws {
        if let delimiter, TableSource.delimiter(delimiter) == nil {
            throw ValidationError("--delimiter '\(delimiter)': give one ASCII character, or 'tab'")
        }
    }

    /// Those on the command line, but for the encoding, which texts have, too.
    var givenOfTables: [String] {
        [
            ("--delimiter", delimiter != nil), (header == false ? "--no-header" : "--header", header != nil),
            ("--decimal-comma", decimalComma),
        ].filter(\.1).map(\.0)
    }

    /// Those that are on the command line.
    var given: [String] { (encoding == nil ? [] : ["--encoding"]) + givenOfTables }
}

/// Which columns of a table are left out, and what the others hold.
struct TableColumnArguments: ParsableArguments {
    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("A column to leave out; may be repeated.", valueName: "column"))
    var drop: [String] = []

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "What a column holds, whatever it seems to: number, category (category:12 for at most twelve features), boolean, date, day-first, month-first (dates whose "
                + "year is last), time, identifier (left out) or drop; may be repeated.", valueName: "column=kind"))
    var column: [String] = []

    func validate() throws { _ = try kinds }

    /// `zip=category`.
    var kinds: [(column: String, word: ColumnWord)] {
        get throws {
            try column.map { text in
                guard let own = TableSource.Kind(assignment: text) else {
                    throw ValidationError(
                        "--column \(text): say what the column holds, as in --column \(text)=category")
                }
                guard let known = ColumnWord(own.word) else {
                    throw ValidationError("--column \(text): \(ColumnWord.unknown(own.word))")
                }
                return (own.column, known)
            }
        }
    }

    /// Those that are on the command line.
    var given: [String] { [("--drop", !drop.isEmpty), ("--column", !column.isEmpty)].filter(\.1).map(\.0) }
}

extension TextEncoding: ExpressibleByArgument {}
