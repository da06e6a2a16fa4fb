import Configuration
import Foundation
import HDF5
import TestSupport
import Testing

@testable import Batches
@testable import Preparation

/// Each sentence about a table, as a command has it and as a config has it.
struct TableAskerTests {
    /// One mistake, or one note, of a table and of what is said of it.
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let text: String
        /// What stands in line 3 of the config beside `file`, and how a command says it.
        let keys: String
        var options: @Sendable (inout TableOptions) -> Void = { _ in }
        /// In which `@` is the folder, and `:3: ` the config's line.
        let command: String
        let config: String
        var testDescription: String { name }
    }

    private static let table = "zip,age,name,y\n1,2,a,3\n4,5,b,6\n"

    static let mistakes: [Case] = [
        Case(
            name: "no such target", text: table, keys: #""targets": "yy""#, options: { $0.targets = ["ages"] },
            command: "@a.csv has no column 'ages' for --target; did you mean 'age'? It has: zip, age, name, y",
            config: "run.json:3: data.train.targets: @a.csv has no column 'yy'; it has: zip, age, name, y"),
        Case(
            name: "no such column to drop", text: table, keys: #""targets": "y", "drop": ["age", "nme"]"#,
            options: { $0.dropped = ["nme"] },
            command: "@a.csv has no column 'nme' for --drop; did you mean 'name'? It has: zip, age, name, y",
            config:
                "run.json:3: data.train.drop[1]: @a.csv has no column 'nme'; did you mean 'name'? It has: zip, age, name, y"
        ),
        Case(
            name: "no such input", text: table, keys: #""targets": "y", "inputs": ["zap"]"#,
            options: { $0.inputs = ["zap"] },
            command: "@a.csv has no column 'zap' for --inputs; did you mean 'zip'? It has: zip, age, name, y",
            config:
                "run.json:3: data.train.inputs[0]: @a.csv has no column 'zap'; did you mean 'zip'? It has: zip, age, name, y"
        ),
        Case(
            name: "no such column with a kind", text: table, keys: #""targets": "y", "columns": {"zap": "category"}"#,
            options: { $0.kinds = [("zap", ColumnWord(.category))] },
            command: "@a.csv has no column 'zap' for --column; did you mean 'zip'? It has: zip, age, name, y",
            config:
                "run.json:3: data.train.columns.zap: @a.csv has no column 'zap'; did you mean 'zip'? It has: zip, age, name, y"
        ),
        Case(
            name: "no such column with missing values", text: table,
            keys: #""targets": "y", "missing": {"zap": "mean"}"#,
            options: { $0.missingOfColumns = [("zap", .mean)] },
            command: "@a.csv has no column 'zap' for --missing; did you mean 'zip'? It has: zip, age, name, y",
            config:
                "run.json:3: data.train.missing.zap: @a.csv has no column 'zap'; did you mean 'zip'? It has: zip, age, name, y"
        ),
        Case(
            name: "no such index", text: table, keys: #""targets": "y", "drop": ["9"]"#,
            options: { $0.dropped = ["9"] },
            command: "@a.csv has 4 columns, so --drop 9 is none; they are counted from 0, or from the end by -1",
            config:
                "run.json:3: data.train.drop[0]: is 9, but @a.csv has 4 columns; they are counted from 0, or from the end by -1"
        ),
        Case(
            name: "a name without a header", text: "1,2\n3,4\n", keys: #""targets": "y""#,
            options: { $0.targets = ["y"] },
            command:
                "@a.csv has no header, so --target y names no column; give its index, counted from 0, or say --header if the "
                + "first line names the columns",
            config:
                "run.json:3: data.train.targets: is 'y', but @a.csv has no header, so this names no column; give its index, "
                + "counted from 0, or say in data.train \"header\": true if the first line names the columns"),
        Case(
            name: "no target", text: table, keys: #""header": true"#, options: { $0.targets = ["none"] },
            command: "@a.csv has no column 'none' for --target; it has: zip, age, name, y",
            config:
                "run.json:3: data.train.targets: is missing; name the column of @a.csv that is to be predicted; it has the "
                + "columns zip, age, name, y"),
        Case(
            name: "a column dropped and with a kind", text: table,
            keys: #""targets": "y", "drop": ["zip"], "columns": {"zip": "category"}"#,
            options: { ($0.dropped, $0.kinds) = (["zip"], [("zip", ColumnWord(.category))]) },
            command: "column 'zip' is named by --column zip=category and by --drop",
            config: "run.json:3: data.train.columns.zip: names column 'zip', which data.train.drop names too"),
        Case(
            name: "a target that is left out", text: table,
            keys: #""targets": "y", "columns": {"y": "identifier"}"#,
            options: { ($0.targets, $0.kinds) = (["y"], [("y", ColumnWord(.identifier))]) },
            command: "column 'y' is named by --target and by --column y=identifier",
            config: "run.json:3: data.train.targets: names column 'y', which data.train.columns.y names too"),
        Case(
            name: "a kind that is none", text: table, keys: #""targets": "y", "columns": {"zip": "categry"}"#,
            options: { $0.targets = ["none"] },
            command: "@a.csv has no column 'none' for --target; it has: zip, age, name, y",
            config:
                "run.json:3: data.train.columns.zip: 'categry' is no kind of column; did you mean 'category'? There are number, "
                + "category, boolean, date, day-first, month-first, time, identifier, drop, and category:12 for twelve features"
        ),
        Case(
            name: "missing values", text: "a,y\n,1\n2,3\n", keys: #""targets": "y""#,
            command:
                "@a.csv: 1 value is missing, in line 2, column 'a'; say --missing skip to leave such rows out, --missing mean "
                + "or --missing VALUE to fill them, or --drop a column",
            config:
                "@a.csv: 1 value is missing, in line 2, column 'a'; say in data.train \"missing\": \"skip\" to leave such rows out, "
                + "\"missing\": \"mean\" or \"missing\": \"VALUE\" to fill them, or leave out a column by \"drop\""),
        Case(
            name: "a row left", text: "a,y\n,1\n", keys: #""targets": "y", "missing": "skip", "header": true"#,
            options: { ($0.missing, $0.hasHeader) = (.skip, true) },
            command:
                "@a.csv: each of its 1 rows has a missing value ('a' in 1), and such rows are left out; say --missing mean or "
                + "--missing VALUE, or --drop the columns that lack most",
            config:
                "@a.csv: each of its 1 rows has a missing value ('a' in 1), and such rows are left out; say in data.train \"missing\": \"mean\" or \"missing\": "
                + "\"VALUE\", or leave out the columns that lack most by \"drop\""),
        Case(
            name: "a policy that does not fit", text: table, keys: #""targets": "y", "missing": {"number": "mode"}"#,
            options: { $0.missingOfKinds = [.number: .mode] },
            command:
                "--missing number=mode fits no column of numbers, such as 'zip'; give a number, mean, median, indicator or refuse",
            config:
                "run.json:3: data.train.missing.number: is 'mode', which fits no column of numbers, such as 'zip'; give a number, "
                + "mean, median, indicator or refuse"),
        Case(
            name: "a policy for all that does not fit", text: "a,y\n,1\n2,3\n",
            keys: #""targets": "y", "missing": "mode""#,
            options: { $0.missing = .mode },
            command:
                "--missing mode fits no column of numbers, such as 'a'; give a number, mean, median, indicator or skip",
            config:
                "run.json:3: data.train.missing: is 'mode', which fits no column of numbers, such as 'a'; give a number, mean, "
                + "median, indicator or skip"),
        Case(
            name: "one column by name and number", text: table,
            keys: #""targets": "y", "missing": {"zip": "mean", "0": "median"}"#,
            options: { $0.missingOfColumns = [("zip", .mean), ("0", .median)] },
            command: "column 'zip' is named by --missing twice",
            config: "run.json:3: data.train.missing.0: names column 'zip' twice"),
        Case(
            name: "UTF-16", text: "\u{FEFF}", keys: #""targets": "y""#,
            command: "@a.csv is in UTF-16; say --encoding utf-16, or save it as UTF-8",
            config: "@a.csv is in UTF-16; say in data.train \"encoding\": \"utf-16\", or save it as UTF-8"),
        Case(
            name: "another encoding", text: "x,y\nJ\u{DC},1\n", keys: #""targets": "y""#,
            command:
                "@a.csv, line 2: 'J\\xDC' is not UTF-8; say --encoding latin-1 if the file is in the older encoding of Western "
                + "Europe, as Windows and Excel write it, or save it as UTF-8",
            config:
                "@a.csv, line 2: 'J\\xDC' is not UTF-8; say in data.train \"encoding\": \"latin-1\" if the file is in the older "
                + "encoding of Western Europe, as Windows and Excel write it, or save it as UTF-8"),
        Case(
            name: "no text", text: "a,b\n1,\0\n", keys: #""targets": "b""#,
            command:
                "@a.csv holds bytes that are no text in UTF-8; say --encoding utf-16 if it is in that, or save it as UTF-8",
            config:
                "@a.csv holds bytes that are no text in UTF-8; say in data.train \"encoding\": \"utf-16\" if it is in that, or save "
                + "it as UTF-8"),
        Case(
            name: "no UTF-16", text: "abc", keys: #""targets": "b", "encoding": "utf-16""#,
            options: { $0.encoding = .utf16 },
            command: "@a.csv, byte 2: this is not UTF-16; give the right --encoding",
            config: "@a.csv, byte 2: this is not UTF-16; give the right data.train.encoding"),
        Case(
            name: "two names", text: "a,a\n1,2\n", keys: #""targets": "a""#,
            command:
                "@a.csv, line 1: two columns are named 'a'; give them different names, or say --no-header if that line is data",
            config:
                "@a.csv, line 1: two columns are named 'a'; give them different names, or say in data.train \"header\": false if "
                + "that line is data"),
        Case(
            name: "half a header", text: "id,2019,2020\n1,2.5,3\n2,3.5,4\n", keys: #""targets": "id""#,
            command:
                "@a.csv, line 1: 'id' stands over numbers, as a column's name does, but '2019' is a number itself; say --header "
                + "if this line names the columns, or --no-header if it is data",
            config:
                "@a.csv, line 1: 'id' stands over numbers, as a column's name does, but '2019' is a number itself; say in "
                + "data.train \"header\": true if this line names the columns, or \"header\": false if it is data"),
        Case(
            name: "a line of another width", text: "a,y\n1,2\n3,4,5\n", keys: #""targets": "y""#,
            command:
                "@a.csv, line 3: 2 fields are expected, as in the first line, but there are 3 (separated by ','); repair that line, "
                + "or give the right --delimiter; if the first field names the row, as R's write.table has it, name its column in "
                + "the header, too",
            config:
                "@a.csv, line 3: 2 fields are expected, as in the first line, but there are 3 (separated by ','); repair that line, "
                + "or give the right data.train.delimiter; if the first field names the row, as R's write.table has it, name its "
                + "column in the header, too"),
        Case(
            name: "one column", text: "a\n1\n2\n", keys: #""targets": "a""#,
            command:
                "@a.csv has one column only; a dataset needs inputs beside the targets; give the right --delimiter, or say "
                + "--no-targets",
            config:
                "@a.csv has one column only; a dataset needs inputs beside the targets; give the right data.train.delimiter"
        ),
        Case(
            name: "two units", text: "w,y\n5 kg,1\n6 kg,2\n11 lb,3\n", keys: #""targets": "y""#,
            command:
                "@a.csv: column 'w' holds '5 kg' in line 2 and '11 lb' in line 4; bring its numbers into one unit, or say --column "
                + "w=category if they are names",
            config:
                "@a.csv: column 'w' holds '5 kg' in line 2 and '11 lb' in line 4; bring its numbers into one unit, or say in "
                + "data.train \"columns\": {\"w\": \"category\"} if they are names"),
        Case(
            name: "day or month", text: "the day,y\n05/05/2024,1\n03/04/2024,2\n", keys: #""targets": "y""#,
            command:
                "@a.csv: column 'the day' holds '03/04/2024' in line 3, and no row tells whether the day or the month stands first; "
                + "say --column 'the day=day-first' or --column 'the day=month-first'",
            config:
                "@a.csv: column 'the day' holds '03/04/2024' in line 3, and no row tells whether the day or the month stands first; "
                + "say in data.train \"columns\": {\"the day\": \"day-first\"} or \"columns\": {\"the day\": \"month-first\"}"
        ),
        Case(
            name: "not what it is said to be", text: table, keys: #""targets": "y", "columns": {"name": "number"}"#,
            options: { $0.kinds = [("name", ColumnWord(.number))] },
            command:
                "@a.csv, line 2: column 'name' holds 'a', which is no number; repair it, leave it empty where it means a missing "
                + "value, or leave out --column name=number",
            config:
                "@a.csv, line 2: column 'name' holds 'a', which is no number; repair it, leave it empty where it means a missing "
                + "value, or leave out data.train.columns.name"),
        Case(
            name: "a few strays", text: "age,y\n" + (0..<20).map { "\($0),1\n" }.joined() + "3 O,0\n",
            keys: #""targets": "y""#,
            command:
                "@a.csv, line 22: column 'age' holds '3 O', but numbers in 20 of 21 rows; repair it, leave it empty where it means "
                + "a missing value, or say --column age=category if all of them are names",
            config:
                "@a.csv, line 22: column 'age' holds '3 O', but numbers in 20 of 21 rows; repair it, leave it empty where it means "
                + "a missing value, or say in data.train \"columns\": {\"age\": \"category\"} if all of them are names"),
    ]

    @Test("A mistake is told by the command's options, or by the config's keys and line", arguments: mistakes)
    func mistake(_ own: Case) throws {
        let fixture = try ConvertingFixture()
        let path =
            switch own.name {
            // In bytes, as no string holds them.
            case "UTF-16": try fixture.write([0xFF, 0xFE, 0x61, 0x62], to: "a.csv")
            case "another encoding": try fixture.write(own.text.unicodeScalars.map { UInt8($0.value) }, to: "a.csv")
            default: try fixture.write(own.text, to: "a.csv")
            }
        var options = TableOptions()
        own.options(&options)
        #expect(sentence(fixture) { try convert(path, options, fixture) } == own.command)
        #expect(
            sentence(fixture) {
                let source = try source(own.keys, fixture)
                _ = try SplitTables.convert(
                    source, path, to: fixture.file("b.h5"), "train", nil, wantsTargets: true, progress: { _ in })
            } == own.config)
    }

    static let remarks: [Case] = [
        Case(
            name: "a header that was found", text: "a,b,y\n1,2,3\n4,5,6\n", keys: #""targets": "y""#,
            command: "the first line names the columns (--no-header if it is data)",
            config: "the first line names the columns (\"header\": false in data.train if it is data)"),
        Case(
            name: "no header that was found", text: "1,2,3\n4,5,6\n", keys: #""targets": "2""#,
            command: "the first line is data, the columns have no names (--header if it names them)",
            config:
                "the first line is data, the columns have no names (\"header\": true in data.train if it names them)"),
        Case(
            name: "zeros in front", text: "zip,y\n01234,1\n02345,2\n01234,3\n", keys: #""targets": "y""#,
            command:
                "column 'zip' holds '01234' in line 2, with a zero in front: its numbers were taken for names (--column zip=number "
                + "takes them for amounts)",
            config:
                "column 'zip' holds '01234' in line 2, with a zero in front: its numbers were taken for names (\"columns\": {\"zip\": "
                + "\"number\"} in data.train takes them for amounts)"),
        Case(
            name: "an identifier", text: "id,a,y\n" + (0..<12).map { "\($0),\(0.5 * Double($0 % 5)),1\n" }.joined(),
            keys: #""targets": "y""#,
            command:
                "column 'id' has consecutive integers: it was taken for an identifier and left out (--column id=number keeps it)",
            config:
                "column 'id' has consecutive integers: it was taken for an identifier and left out (\"columns\": {\"id\": "
                + "\"number\"} in data.train keeps it)"),
        Case(
            name: "labels that do not begin at 0", text: "a,y\n1,2\n4,3\n", keys: #""targets": "y""#,
            command:
                "the targets are whole numbers from 2 to 3; if they are classes, say --column y=category, since labels count from 0",
            config:
                "the targets are whole numbers from 2 to 3; if they are classes, say in data.train \"columns\": {\"y\": "
                + "\"category\"}, since labels count from 0"),
        Case(
            name: "a doubtful comma", text: "a;y\n1,234;2\n2,345;3\n", keys: #""targets": "y""#,
            command:
                "column 'a' holds '1,234' in line 2, which is read as 1234, and no row tells whether that mark divides thousands or "
                + "the fraction; say --decimal-comma if it divides the fraction",
            config:
                "column 'a' holds '1,234' in line 2, which is read as 1234, and no row tells whether that mark divides thousands or "
                + "the fraction; say in data.train \"decimal_comma\": true if it divides the fraction"),
        Case(
            name: "free text", text: "t,y\n" + (0..<30).map { "name \(max($0, 1)),\($0)\n" }.joined(),
            keys: #""targets": "y""#,
            command:
                "column 't' holds 29 different texts in 30 rows, of which a model learns little; leave it out by --drop t",
            config:
                "column 't' holds 29 different texts in 30 rows, of which a model learns little; leave it out by \"drop\": [\"t\"] "
                + "in data.train"),
        Case(
            name: "numbers that became codes", text: "a;y\n1,5;2\n2,5;3\n1,5;3\n", keys: #""targets": "y""#,
            command:
                "column 'a' looks like numbers ('1,5' in line 2), but is read as texts, whose codes say nothing of their size; say "
                + "--decimal-comma if the comma divides whole from fraction, or write the numbers without it; or leave it out by "
                + "--drop a; or say --column a=category if they are names",
            config:
                "column 'a' looks like numbers ('1,5' in line 2), but is read as texts, whose codes say nothing of their size; say "
                + "in data.train \"decimal_comma\": true if the comma divides whole from fraction, or write the numbers without it; "
                + "or leave it out by \"drop\": [\"a\"] in data.train; or say in data.train \"columns\": {\"a\": \"category\"} if "
                + "they are names"),
    ]

    @Test("Notes and warnings advise what can be typed there", arguments: remarks)
    func remark(_ own: Case) throws {
        let fixture = try ConvertingFixture()
        let path = try fixture.write(own.text, to: "a.csv")
        let (_, command) = try fixture.convert(TableConverter(path))
        #expect((command.notes + command.warnings).contains(own.command), "\(command)")
        let config = try SplitTables.convert(
            try source(own.keys, fixture), path, to: fixture.file("b.h5"), "train", nil, wantsTargets: true,
            progress: { _ in })
        #expect((config.notes + config.warnings).contains(own.config), "\(config)")
        for option in ["--no-header", "--header", "--column", "--drop", "--decimal-comma", "--target"] {
            #expect(!(config.notes + config.warnings).contains { $0.contains(option) }, "\(config)")
        }
    }

    @Test("The column that rows are split by is named by its key")
    func keptColumn() throws {
        let fixture = try ConvertingFixture()
        let path = try fixture.write(Self.table, to: "a.csv")
        var source = try source(#""targets": "y""#, fixture)
        var node = JSONNode("patient")
        node.origin = .line(7)
        source.table?.asker.keeps("data.split.together", node)
        source.table?.kept = ["nme"]
        let own = source
        #expect(
            sentence(fixture) {
                _ = try SplitTables.convert(
                    own, path, to: fixture.file("b.h5"), "train", nil, wantsTargets: true, progress: { _ in })
            }
                == "run.json:7: data.split.together: @a.csv has no column 'nme'; did you mean 'name'? It has: zip, age, name, y"
        )
    }

    @Test("Who asks changes nothing of what is read")
    func equality() throws {
        let fixture = try ConvertingFixture()
        var table = TableSource()
        table.targets = ["y"]
        #expect(try source(#""targets": "y""#, fixture).table == table)
    }

    private func convert(_ path: String, _ options: TableOptions, _ fixture: ConvertingFixture) throws {
        _ = try TableConverter(path, options: options).convert(
            to: ConversionTarget(file: fixture.file("out.h5")), progress: { _ in })
    }

    /// `data.train` of a config whose third line has these keys.
    private func source(_ keys: String, _ fixture: ConvertingFixture) throws -> DataSource {
        let document = try ConfigurationDocument(
            text: "{\n\n\"train\": {\"file\": \"a.csv\", \(keys)}\n}", file: "run.json")
        let diagnostics = Diagnostics(file: document.file)
        let data = DataConfiguration(
            reading: ObjectReader(document.root, path: "data", diagnostics: diagnostics), directory: fixture.path)
        try diagnostics.throwIfAny(file: document.file)
        return data.train
    }

    private func sentence(_ fixture: ConvertingFixture, _ body: () throws -> Void) -> String {
        do {
            try body()
            return "nothing was thrown"
        } catch { return "\(error)".replacingOccurrences(of: fixture.path + "/", with: "@") }
    }
}
