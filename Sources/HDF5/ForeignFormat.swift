import Foundation

/// A form of tables that other programs write and Stormo does not read: told by the first bytes of a file, or where these
/// say nothing by the ending of its name.
package enum ForeignFormat: Sendable, CaseIterable {
    case parquet, excel, oldExcel, feather, oldFeather, sqlite, rds, rData, jsonLines, json

    /// Nil for another form, and for a file that can't be read.
    package init?(of path: String) {
        guard let handle = FileHandle(forReadingAtPath: path) else { return nil }
        defer { try? handle.close() }
        let start = (try? handle.read(upToCount: 64)) ?? Data()
        let name = path.lowercased()
        func starts(_ text: String) -> Bool { start.starts(with: Data(text.utf8)) }
        func ends(_ endings: String...) -> Bool { endings.contains { name.hasSuffix("." + $0) } }
        if starts("PAR1") {
            self = .parquet
        } else if starts("ARROW1") {
            self = .feather
        } else if starts("FEA1") {
            self = .oldFeather
        } else if starts("SQLite format 3\0") {
            self = .sqlite
        } else if start.starts(with: [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]) {
            self = .oldExcel
        } else if starts("PK\u{3}\u{4}"), ends("xlsx", "xlsm", "ods") || Self.isOfOffice(start) {
            self = .excel
        } else if starts("RDX2\n") || starts("RDX3\n") || ends("rdata", "rda") {
            self = .rData
        } else if ends("rds") {
            self = .rds
        } else if ends("jsonl", "ndjson") {
            self = .jsonLines
        } else if ends("json") {
            self = .json
        } else if ends("parquet") {
            self = .parquet
        } else if ends("feather", "arrow") {
            self = .feather
        } else {
            return nil
        }
    }

    /// What the first file in an archive of Excel's is called.
    private static func isOfOffice(_ start: Data) -> Bool {
        let name = String(decoding: start.dropFirst(30), as: UTF8.self)
        return ["[Content_Types].xml", "_rels/", "docProps/", "xl/"].contains { name.hasPrefix($0) }
    }

    /// What it is, and the line that makes a CSV of it: the rest of a sentence that begins with the file.
    package func advice(_ path: String) -> String {
        "\(words), which stormo does not read; make a CSV of it: \(line(path))"
    }

    private var words: String {
        switch self {
        case .parquet: "a Parquet file"
        case .excel, .oldExcel: "an Excel file"
        case .feather, .oldFeather: "a Feather file"
        case .sqlite: "an SQLite database"
        case .rds, .rData: "a file of R"
        case .jsonLines: "a file of JSON lines"
        case .json: "a JSON file"
        }
    }

    /// A line for a shell.
    private func line(_ path: String) -> String {
        let table = Self.withoutEnding(path) + ".csv"
        let (source, target) = (Self.quoted(path), Self.quoted(table))
        func pandas(_ read: String, imports: String = "pandas") -> String {
            Self.shell("python3 -c", "import \(imports); pandas.\(read).to_csv(\(target), index=False)")
        }
        return switch self {
        case .parquet: pandas("read_parquet(\(source))")
        case .excel, .oldExcel: pandas("read_excel(\(source))") + " (its first sheet; sheet_name= names another)"
        case .feather, .oldFeather: pandas("read_feather(\(source))")
        case .sqlite:
            pandas("read_sql(\"SELECT * FROM TABLE\", sqlite3.connect(\(source)))", imports: "pandas, sqlite3")
                + " (with the table's name for TABLE)"
        case .rds: Self.shell("Rscript -e", "write.csv(readRDS(\(source)), \(target), row.names = FALSE)")
        case .rData:
            Self.shell("Rscript -e", "write.csv(get(load(\(source))), \(target), row.names = FALSE)")
        case .jsonLines: pandas("read_json(\(source), lines=True)")
        case .json: pandas("read_json(\(source))")
        }
    }

    private static func withoutEnding(_ path: String) -> String {
        guard let point = path.lastIndex(of: "."), !path[point...].contains("/"), point > path.startIndex else {
            return path
        }
        return String(path[..<point])
    }

    /// As Python and R both take it.
    private static func quoted(_ text: String) -> String {
        "\"" + text.replacingOccurrences(of: "\\", with: "\\\\").replacingOccurrences(of: "\"", with: "\\\"") + "\""
    }

    private static func shell(_ command: String, _ code: String) -> String {
        "\(command) '\(code.replacingOccurrences(of: "'", with: #"'\''"#))'"
    }
}
