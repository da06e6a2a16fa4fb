import Testing
import Training

@testable import Preparation

struct RecordReaderTests {
    private func records(_ text: String, _ delimiter: Unicode.Scalar = ",") throws -> [[String]] {
        try read(text, delimiter).map(\.fields)
    }

    private func read(_ text: String, _ delimiter: Unicode.Scalar = ",") throws -> [(line: Int, fields: [String])] {
        let bytes = try ByteBuffer(text.utf8.count, for: "text")
        bytes.bytes.copyBytes(from: Array(text.utf8))
        let reader = try RecordReader(ByteSource(name: "table.csv", bytes), delimiter: UInt8(ascii: delimiter))
        var records: [(Int, [String])] = []
        while try reader.next() { records.append((reader.line, reader.fields.indices.map(reader.text))) }
        return records
    }

    @Test func cutsRecordsIntoFields() throws {
        #expect(try records("a,b\n1,2\n") == [["a", "b"], ["1", "2"]])
        #expect(try records("a,b\r\n1,2") == [["a", "b"], ["1", "2"]])
        #expect(try records("a,b\r1,2\r") == [["a", "b"], ["1", "2"]])
        #expect(try records("a,,c,\n") == [["a", "", "c", ""]])
        #expect(try records("a,") == [["a", ""]])
        #expect(try records(" a \t,  b\n") == [["a", "b"]])
        #expect(try records("a\t\tb c\n", "\t") == [["a", "", "b c"]])
        #expect(try records("\u{FEFF}a,b\n") == [["a", "b"]])
        #expect(try records("") == [])
        #expect(try records("\n\r\n") == [])
    }

    @Test func quotesHoldAnything() throws {
        #expect(try records("\"a,b\",\"c\"\"d\"\"\",\"\"\n") == [["a,b", "c\"d\"", ""]])
        #expect(try records("\"two\nlines\",x\n1,2\n") == [["two\nlines", "x"], ["1", "2"]])
        #expect(try records("a, \"b, c\" ,d") == [["a", "b, c", "d"]])
        #expect(try records("5\" pipe,x\n") == [["5\" pipe", "x"]])
        #expect(try records("\"\"\n") == [[""]])
    }

    @Test func linesAreCountedThroughQuotesAndBlanks() throws {
        let lines = try read("a,b\n\n\"x\n\ny\",1\r\nz,2\n").map(\.line)
        #expect(lines == [1, 3, 6])
    }

    @Test func quotesThatDoNotFitAreNamed() {
        #expect(
            throws: DataError(
                "table.csv, line 2: a quote is opened and never closed; close it, or double a quote that belongs to the text"
            )
        ) { try records("a,b\n\"x,1\ny,2\n") }
        #expect(
            throws: DataError(
                "table.csv, line 2: text follows a closing quote in field 2; double a quote that belongs to the text")
        ) { try records("a,b\n1,\"x\" y\n") }
        #expect(throws: DataError("table.csv is in UTF-16; save it as UTF-8")) {
            let bytes = try ByteBuffer(4, for: "text")
            bytes.bytes.copyBytes(from: [0xFF, 0xFE, 0x61, 0])
            _ = try RecordReader(ByteSource(name: "table.csv", bytes), delimiter: 0x2C)
        }
    }

    /// Records across the ends of what is loaded at once, with quotes, doubled quotes and line ends on the seams.
    @Test func theEndOfABlockIsNoEnd() throws {
        var text = ""
        var expected: [[String]] = []
        var length = 0
        while text.utf8.count < 3 << 20 {
            length = (length * 31 + 7) % 1013
            let body = String(repeating: "x", count: length)
            text += "\"\(body)\"\"\n,\",\(length)\r\n"
            expected.append(["\(body)\"\n,", "\(length)"])
        }
        #expect(try records(text) == expected)
        // One record larger than the buffer.
        let large = String(repeating: "y", count: 2_500_000)
        #expect(try records("\"\(large)\",1\n2,3") == [[large, "1"], ["2", "3"]])
    }
}
