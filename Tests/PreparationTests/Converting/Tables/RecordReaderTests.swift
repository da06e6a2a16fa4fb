import Batches
import Foundation
import TestSupport
import Testing

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

    @Test("Texts that differ by their Unicode form alone are the same bytes")
    func composedForm() throws {
        func bytes(_ text: String) throws -> [[UInt8]] { try records(text)[0].map { Array($0.utf8) } }
        let composed = Array("café".precomposedStringWithCanonicalMapping.utf8)
        #expect(try bytes("cafe\u{301},\"caf\u{E9}\",x\n") == [composed, composed, [0x78]])
        // Hangul, and what has more bytes in that form: U+0958 becomes two letters.
        #expect(
            try bytes("\u{1112}\u{1161}\u{11AB},\u{958}\u{958}b,\"\"\"\u{2126}\"\n")
                == ["\u{D55C}", "\u{915}\u{93C}\u{915}\u{93C}b", "\"\u{3A9}"].map { Array($0.utf8) })
        // Twice, in any order, and after others.
        let text = "e\u{301},1\nx,\u{958}\n"
        let buffer = try ByteBuffer(text.utf8.count, for: "text")
        buffer.bytes.copyBytes(from: Array(text.utf8))
        let reader = try RecordReader(ByteSource(name: "table.csv", buffer), delimiter: 0x2C)
        #expect(try reader.next())
        for _ in 0..<2 { #expect(Array(reader.bytes(0)) == [0xC3, 0xA9] && Array(reader.bytes(1)) == [0x31]) }
        #expect(reader.composed == (1, 1))
        #expect(try reader.next())
        for _ in 0..<2 { #expect(Array(reader.bytes(1)) == Array("\u{915}\u{93C}".utf8)) }
        #expect(reader.composed == (2, 1))
    }

    /// Whatever stands in a text, it is what Foundation makes of it; most texts are not looked at so closely.
    @Test func composedFormOfAnyText() {
        var random = SeededRandom(3)
        let ranges: [ClosedRange<UInt32>] = [
            0x20...0x7E, 0xA0...0x17F, 0x300...0x345, 0x370...0x3FF, 0x400...0x4FF, 0x5D0...0x6FF, 0x900...0x9FF,
            0x1100...0x11FF, 0x1E00...0x1FFF, 0x2000...0x2BFF, 0x3000...0x30FF, 0x4E00...0x4FFF, 0xAC00...0xAD00,
            0xF900...0xFFFF, 0x1D150...0x1D1C0, 0x1F300...0x1F6FF, 0x2F800...0x2FA1D,
        ]
        for _ in 0..<4000 {
            var text = ""
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                let value = UInt32.random(in: ranges.randomElement(using: &random)!, using: &random)
                if let scalar = Unicode.Scalar(value) { text.unicodeScalars.append(scalar) }
            }
            let expected = Array(text.precomposedStringWithCanonicalMapping.utf8)
            let found = text.withUTF8 { ComposedText.composed(UnsafeRawBufferPointer($0)) ?? Array($0) }
            #expect(found == expected, "\(text.unicodeScalars.map { String($0.value, radix: 16) })")
        }
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
        #expect(throws: DataError("table.csv is in UTF-16; say --encoding utf-16, or save it as UTF-8")) {
            let bytes = try ByteBuffer(4, for: "text")
            bytes.bytes.copyBytes(from: [0xFF, 0xFE, 0x61, 0])
            _ = try RecordReader(ByteSource(name: "table.csv", bytes), delimiter: 0x2C)
        }
    }

    private func read(
        _ bytes: [UInt8], _ encoding: TextEncoding
    ) throws -> [[String]] {
        let buffer = try ByteBuffer(bytes.count, for: "text")
        buffer.bytes.copyBytes(from: bytes)
        let reader = try RecordReader(
            ByteSource(name: "table.csv", buffer), delimiter: UInt8(ascii: ","), encoding: encoding)
        var records: [[String]] = []
        while try reader.next() { records.append(reader.fields.indices.map(reader.text)) }
        return records
    }

    @Test("What is not UTF-8 is named by its line, not replaced: three names must not become one")
    func notUTF8() throws {
        let rows = Array("name,t\nJ".utf8) + [0xFC] + Array("rg,1\nJ".utf8) + [0xF6] + Array("rg,2\n".utf8)
        #expect(
            throws: DataError(
                "table.csv, line 2: 'J\\xFCrg' is not UTF-8; say --encoding latin-1 if the file is in the older encoding of "
                    + "Western Europe, as Windows and Excel write it, or save it as UTF-8")
        ) { try read(rows, .utf8) }
        #expect(try read(rows, .latin1) == [["name", "t"], ["Jürg", "1"], ["Jörg", "2"]])
        // Windows's own characters; and a field that is decoded across the ends of what is loaded at once.
        #expect(try read([0x80, 0x2C, 0x93, 0x61, 0x94], .latin1) == [["€", "“a”"]])
        let long = [UInt8](repeating: 0xE4, count: 2_000_000)
        #expect(try read(long + [0x2C, 0x31], .latin1) == [[String(repeating: "ä", count: 2_000_000), "1"]])
        // A character cut off by the end of the file, one that is too long, a surrogate.
        for bytes: [UInt8] in [[0x61, 0xC3], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF5, 0x80, 0x80, 0x80], [0x80]] {
            #expect(throws: DataError.self) { try read(bytes, .utf8) }
        }
        // One on the seam of two blocks.
        let seam = [UInt8](repeating: 0x78, count: (1 << 20) - 1) + Array("ä,1\n2,ü".utf8)
        #expect(try read(seam, .utf8)[1] == ["2", "ü"])
    }

    @Test func utf16InBothOrders() throws {
        let text = "a,b\nJürg,😀\n"
        let units = Array(text.utf16)
        let little: [UInt8] = [0xFF, 0xFE] + units.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        let big: [UInt8] = [0xFE, 0xFF] + units.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
        for bytes in [little, big, Array(little.dropFirst(2))] {
            #expect(try read(bytes, .utf16) == [["a", "b"], ["Jürg", "😀"]])
        }
        let long = Array(String(repeating: "é😀", count: 400_000).utf16)
        #expect(
            try read(long.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }, .utf16)
                == [[String(repeating: "é😀", count: 400_000)]])
        #expect(throws: DataError("table.csv, byte 2: this is not UTF-16; give the right --encoding")) {
            try read([0x61, 0x00, 0x00, 0xDC], .utf16)
        }
        #expect(throws: DataError.self) { try read([0x61, 0x00, 0x61], .utf16) }
    }

    @Test("Millions of blank lines cost no more than their bytes; a field has a limit")
    func largeInputs() throws {
        try expectThreadTime {
            let blank = try records("a,b\n" + String(repeating: "\n", count: 20_000_000) + "1,2\r\n\r\n3,4")
            #expect(blank == [["a", "b"], ["1", "2"], ["3", "4"]])
            let rows = try read("a,b\n\n\r\n\r\r\n1,2\n")
            #expect(rows.map(\.line) == [1, 6])
            for field in ["x", "\"x"] {
                #expect(
                    throws: DataError(
                        "table.csv, line 2: field 2 is longer than 4 MiB; a quote may be missing, or the file may be no table"
                    )
                ) { try records("a,b,c\n1,\(field)" + String(repeating: "x", count: 63 << 20) + "\",2\n") }
            }
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
