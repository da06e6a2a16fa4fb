import ArgumentParser
import Batches
import Preparation

/// How a table is written that a model is used on, where it is not written as the one was that the model was trained on.
struct TableReadingOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "How the characters of a table are written: utf-8, latin-1 or utf-16. (default: as in the model's table)",
            valueName: "name"))
    var encoding: TextEncoding?

    @Option(
        help: ArgumentHelp(
            "The character between fields of a table, or 'tab'. (default: as the model's config says, else found out)",
            valueName: "character"))
    var delimiter: String?

    @Flag(
        inversion: .prefixedNo,
        help: "Whether numbers of a table have a decimal comma. (default: as in the model's table)")
    var decimalComma: Bool?

    func validate() throws { try TableFormArguments.check(delimiter: delimiter) }

    /// Those that are on the command line.
    var given: [String] {
        [
            ("--encoding", encoding != nil), ("--delimiter", delimiter != nil),
            (decimalComma == false ? "--no-decimal-comma" : "--decimal-comma", decimalComma != nil),
        ].filter(\.1).map(\.0)
    }

    /// The table with what is given in place of what the model's table had.
    func applied(to table: TableSource) -> TableSource {
        var own = table
        own.encoding = encoding?.rawValue ?? own.encoding
        own.delimiter = delimiter ?? own.delimiter
        own.hasDecimalComma = decimalComma ?? own.hasDecimalComma
        return own
    }
}
