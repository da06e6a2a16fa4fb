import ArgumentParser
import Batches
import Preparation

/// How a table of text is written: for the commands that read one for the first time, and for those that use a model on one.
struct TableFormArguments: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "How characters are written: utf-8, latin-1 (with Windows's characters) or utf-16. (default: as in the model's "
                + "table, else utf-8)", valueName: "name"))
    var encoding: TextEncoding?

    @Option(
        help: ArgumentHelp(
            "The character between a table's fields, or 'tab'. (default: as the model's config says, else found out)",
            valueName: "character"))
    var delimiter: String?

    @Flag(
        inversion: .prefixedNo,
        help: "Whether numbers have a decimal comma. (default: as in the model's table, else a point)")
    var decimalComma: Bool?

    func validate() throws {
        if let delimiter, TableSource.delimiter(delimiter) == nil {
            throw ValidationError("--delimiter '\(delimiter)': give one ASCII character, or 'tab'")
        }
    }

    /// The one about the decimal mark, if it is on the command line: rows of the command line have it, too.
    var givenOfMarks: [String] {
        decimalComma.map { [$0 ? "--decimal-comma" : "--no-decimal-comma"] } ?? []
    }

    /// Those on the command line, but for the encoding, which texts have, too.
    var givenOfTables: [String] { (delimiter == nil ? [] : ["--delimiter"]) + givenOfMarks }

    /// Those that are on the command line.
    var given: [String] { (encoding == nil ? [] : ["--encoding"]) + givenOfTables }

    /// The table with what is given in place of what is said of it otherwise.
    func applied(to table: TableSource) -> TableSource {
        var own = table
        own.encoding = encoding?.rawValue ?? own.encoding
        own.delimiter = delimiter ?? own.delimiter
        own.hasDecimalComma = decimalComma ?? own.hasDecimalComma
        return own
    }
}

/// Whether a table names its columns; of one that a model is used on, its names tell.
struct TableHeaderArgument: ParsableArguments {
    @Flag(inversion: .prefixedNo, help: "Whether a table's first line names the columns. (default: found out)")
    var header: Bool?

    /// That which is on the command line.
    var given: [String] { header.map { [$0 ? "--header" : "--no-header"] } ?? [] }
}

/// Which columns of a table are left out, and what the others hold.
struct TableColumnArguments: ParsableArguments {
    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("A column to leave out; may be repeated.", valueName: "column"),
        completion: NamesInFile.completion)
    var drop: [String] = []

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "What a column holds, whatever it seems to: number, category (category:12 for at most twelve features), boolean, date, day-first, month-first (dates whose "
                + "year is last), time, identifier (left out) or drop; may be repeated.", valueName: "column=kind"),
        completion: NamesInFile.completion)
    var column: [String] = []

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "A text that stands for a missing value in a column beside an empty cell, in place of NA, N/A, NaN, null and ?; "
                + "COLUMN= for empty cells alone; may be repeated.", valueName: "column=text"))
    var na: [String] = []

    func validate() throws {
        _ = try kinds
        _ = try marks
    }

    /// `x=-`, `x=<5`: of each column its texts.
    var marks: [TableSource.Marks] {
        get throws {
            var marks: [TableSource.Marks] = []
            for text in na {
                guard let own = TableSource.Kind(assignment: text) else {
                    throw ValidationError(
                        "--na \(text): say which text stands for a missing value in which column, as in --na age=-")
                }
                let place = marks.firstIndex { $0.column == own.column } ?? marks.count
                if place == marks.count { marks.append(TableSource.Marks(own.column, [])) }
                if !own.word.isEmpty { marks[place].texts.append(own.word) }
            }
            return marks
        }
    }

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
    var given: [String] { [("--drop", !drop.isEmpty), ("--column", !column.isEmpty), ("--na", !na.isEmpty)].filter(\.1).map(\.0) }
}

extension TextEncoding: ExpressibleByArgument {}
