import Batches
package import Recipes

/// Rows in memory whose columns are named, read as a table of text is that a model is used on: what a cell means, what is
/// refused and what is warned of is the same for a row of a program, a row of the command line and a row of a file.
package struct TableRows {
    /// (rows, columns) in the order of the model's columns: numbers in their unit, codes, days; NaN where a value is missing.
    package private(set) var values: [Double] = []
    /// The model's columns, with the texts behind its categories that these rows alone have.
    package private(set) var columns: [RecipeColumn]
    /// What was taken for granted, and what was decided and may surprise, a sentence each.
    package private(set) var warnings: [String] = []
    package private(set) var notes: [String] = []

    /// A value as it is given.
    package enum Cell: Sendable {
        case text(String)
        /// In the unit of the column; of a column of texts what they would write.
        case number(Double)
        case missing
    }

    /// - Parameters:
    ///   - rows: of each row its cells, in the order of the model's columns.
    ///   - model: its fitted columns.
    ///   - like: what the model declares of them, and what sentences call it.
    ///   - hasDecimalComma: of the texts; nil for what the model's table had, unless they can only be read otherwise.
    ///   - asker: who gives the rows, for advice.
    ///   - place: what sentences call a row.
    /// - Throws: `DataError` with row, column and value for what is not what the model's column holds.
    package init(
        _ rows: [[Cell]], of model: Recipe, like: LikeTable, hasDecimalComma: Bool? = nil, asker: TableAsker = .command,
        place: (Int) -> String
    ) throws {
        columns = model.columns
        let name = rows.count == 1 ? place(0) : "the rows"
        let (text, lines) = Self.text(rows, columns) { $0 }
        func told(_ sentence: String) -> String { Self.told(sentence, name, lines, place) }
        var options = TableOptions()
        (options.like, options.hasTargets, options.asker) = (like, false, asker)
        (options.delimiter, options.hasHeader, options.hasDecimalComma) = (UInt8(ascii: ","), true, hasDecimalComma)
        do {
            var source = try Self.source(text, name)
            var warning: String?
            if hasDecimalComma == nil, model.form?.hasDecimalComma == true {
                // The texts alone tell which mark they have; numbers are written with it.
                let texts = rows.map { row in row.map { if case .number = $0 { Cell.missing } else { $0 } } }
                let form = try TableForm(Self.source(Self.text(texts, columns) { $0 }.text, name), options)
                warning = form.warning
                options.hasDecimalComma = form.point == UInt8(ascii: ",")
            }
            if options.hasDecimalComma == true {
                let comma = Self.text(rows, columns) { $0.replacingPoint() }
                source = try Self.source(comma.text, name)
            }
            let table = try TableConverter(name, options: options).examine(source, passes: 1) { _ in }
            warnings = ((warning.map { [$0] } ?? []) + table.decisions.warnings).map(told)
            notes = table.decisions.runNotes.map(told)
            try read(source, table, rows.count)
        } catch let error as DataError {
            throw DataError(told("\(error)"))
        }
    }

    private mutating func read(_ source: ByteSource, _ table: TableConverter.Examined, _ rows: Int) throws {
        let plan = table.plan.inputs
        for (index, own) in plan.enumerated() {
            let known = columns[index].categories.count
            if let texts = own.categories, texts.count > known { columns[index].categories += texts[known...] }
        }
        values.reserveCapacity(rows * plan.count)
        let reader = try table.form.reader(source)
        _ = try reader.next()
        while try reader.next() {
            for column in plan {
                let value = column.value(reader.bytes(column.index), point: table.form.point, missing: .nan)
                values.append(value ?? .nan)
            }
        }
    }

    // MARK: - Text

    /// A table of the rows, and the line on which each begins.
    /// - Parameter number: how a number is written, of which a point is given.
    private static func text(
        _ rows: [[Cell]], _ columns: [RecipeColumn], _ number: (String) -> String
    ) -> (text: String, lines: [Int]) {
        var (text, line, lines) = ("", 1, [Int]())
        func add(_ cells: [String]) {
            // In quotes, so that a row without any value is no blank line.
            let record = cells.map {
                "\"" + $0.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
            }
            .joined(separator: ",")
            line += 1 + record.utf8.count { $0 == 0x0A }
            text += record + "\n"
        }
        add(columns.map(\.name))
        for row in rows {
            lines.append(line)
            add(
                row.enumerated().map { index, cell in
                    switch cell {
                    case .missing: ""
                    case .text(let text): text
                    case .number(let value): number(value.written(isCoded: columns[index].kind.isCoded))
                    }
                })
        }
        return (text, lines)
    }

    private static func source(_ text: String, _ name: String) throws -> ByteSource {
        let bytes = Array(text.utf8)
        let buffer = try ByteBuffer(bytes.count, for: name)
        buffer.bytes.copyBytes(from: bytes)
        return ByteSource(name: name, buffer)
    }

    /// What is said of a table's lines, said of the rows.
    private static func told(_ sentence: String, _ name: String, _ lines: [Int], _ place: (Int) -> String) -> String {
        var (told, rest) = ("", sentence[...])
        while let found = rest.firstRange(of: "line ") {
            let digits = rest[found.upperBound...].prefix { $0.isASCII && $0.isNumber }
            let (before, isOfRow) = (rest[..<found.lowerBound], Int(digits).map { $0 <= (lines.last ?? 0) } ?? false)
            defer { rest = rest[digits.endIndex...] }
            let row = lines.lastIndex { $0 <= Int(digits) ?? 0 } ?? 0
            if isOfRow, before.hasSuffix(name + ", ") {
                told += before.dropLast(name.count + 2) + place(row)
            } else if isOfRow, before.hasSuffix(" in ") {
                told += lines.count == 1 ? String(before.dropLast(4)) : before + place(row)
            } else {
                told += before + "line " + digits
            }
        }
        return told + rest
    }
}

extension Double {
    /// As a table would have it: whole numbers without a fraction, and amounts not so that their point might divide thousands.
    fileprivate func written(isCoded: Bool) -> String {
        if self == rounded(), magnitude < 0x1p63 { return "\(Int(self))" }
        let text = "\(self)"
        let isDoubtful = text.utf8.dropLast(3).last == UInt8(ascii: ".") && !text.contains("e")
        return isDoubtful && !isCoded ? text + "0" : text
    }
}

extension String {
    fileprivate func replacingPoint() -> String { String(map { $0 == "." ? "," : $0 }) }
}
