import Foundation
import TestSupport
import Testing

@testable import HDF5

/// Tables of other programs get a sentence that says what they are, and a line that makes a CSV of them.
struct ForeignFormatTests {
    private static let ole: [UInt8] = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]

    @Test(arguments: [
        (
            "a.parquet", Array("PAR1\u{15}".utf8),
            #"a Parquet file, which stormo does not read; make a CSV of it: python3 -c 'import pandas; pandas.read_parquet("@a.parquet").to_csv("@a.csv", index=False)'"#
        ),
        (
            "a.dat", Array("PAR1".utf8),
            #"a Parquet file, which stormo does not read; make a CSV of it: python3 -c 'import pandas; pandas.read_parquet("@a.dat").to_csv("@a.csv", index=False)'"#
        ),
        (
            "a.xlsx", Array("PK\u{3}\u{4}".utf8),
            #"an Excel file, which stormo does not read; make a CSV of it: python3 -c 'import pandas; pandas.read_excel("@a.xlsx").to_csv("@a.csv", index=False)' (its first sheet; sheet_name= names another)"#
        ),
        (
            "a", Array("PK\u{3}\u{4}".utf8) + [UInt8](repeating: 0, count: 26) + Array("[Content_Types].xml".utf8),
            #"an Excel file, which stormo does not read; make a CSV of it: python3 -c 'import pandas; pandas.read_excel("@a").to_csv("@a.csv", index=False)' (its first sheet; sheet_name= names another)"#
        ),
        (
            "it's.xls", ole,
            #"an Excel file, which stormo does not read; make a CSV of it: python3 -c 'import pandas; pandas.read_excel("@it'\''s.xls").to_csv("@it'\''s.csv", index=False)' (its first sheet; sheet_name= names another)"#
        ),
        (
            "a.feather", Array("ARROW1\0\0".utf8),
            #"a Feather file, which stormo does not read; make a CSV of it: python3 -c 'import pandas; pandas.read_feather("@a.feather").to_csv("@a.csv", index=False)'"#
        ),
        (
            "a.db", Array("SQLite format 3\0".utf8),
            #"an SQLite database, which stormo does not read; make a CSV of it: python3 -c 'import pandas, sqlite3; pandas.read_sql("SELECT * FROM TABLE", sqlite3.connect("@a.db")).to_csv("@a.csv", index=False)' (with the table's name for TABLE)"#
        ),
        (
            "a.rds", [0x1F, 0x8B, 8, 0],
            #"a file of R, which stormo does not read; make a CSV of it: Rscript -e 'write.csv(readRDS("@a.rds"), "@a.csv", row.names = FALSE)'"#
        ),
        (
            "a.RData", [0x1F, 0x8B, 8, 0],
            #"a file of R, which stormo does not read; make a CSV of it: Rscript -e 'write.csv(get(load("@a.RData")), "@a.csv", row.names = FALSE)'"#
        ),
        (
            "a.jsonl", Array("{\"a\": 1}\n".utf8),
            #"a file of JSON lines, which stormo does not read; make a CSV of it: python3 -c 'import pandas; pandas.read_json("@a.jsonl", lines=True).to_csv("@a.csv", index=False)'"#
        ),
        (
            "a.json", Array("[{\"a\": 1}]".utf8),
            #"a JSON file, which stormo does not read; make a CSV of it: python3 -c 'import pandas; pandas.read_json("@a.json").to_csv("@a.csv", index=False)'"#
        ),
    ])
    func theSentenceHasTheLine(name: String, bytes: [UInt8], sentence: String) throws {
        let directory = try TestDirectory()
        let path = directory.file(name)
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        let format = try #require(ForeignFormat(of: path))
        #expect(format.advice(path).replacingOccurrences(of: directory.path + "/", with: "@") == sentence)
        let error = #expect(throws: HDF5Error.self) { try HDF5File.open(path) }
        #expect(error?.description == "cannot open \(path): it is \(format.advice(path))")
    }

    @Test func othersAreNone() throws {
        let directory = try TestDirectory()
        for (name, bytes) in [
            ("a.csv", Array("a,b\n".utf8)), ("a.npz", Array("PK\u{3}\u{4}".utf8)), ("a.txt", []),
            ("a.csv.gz", [0x1F, 0x8B]),
        ] as [(String, [UInt8])] {
            try Data(bytes).write(to: URL(fileURLWithPath: directory.file(name)))
            #expect(ForeignFormat(of: directory.file(name)) == nil, "\(name)")
        }
        #expect(ForeignFormat(of: directory.file("none.parquet")) == nil)
    }
}
