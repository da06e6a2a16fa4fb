import HDF5
import TestSupport
import Testing

@testable import Preparation

struct TextConverterTests {
    private func convert(
        _ fixture: ConvertingFixture, _ texts: String..., change: (inout TextOptions) -> Void
    ) throws -> (HDF5Dataset, HDF5Dataset, ConversionReport) {
        var options = TextOptions()
        change(&options)
        let paths = try texts.enumerated().map { try fixture.write($1, to: "\($0).txt") }
        let (file, report) = try fixture.convert(TextConverter(paths, options: options))
        return (try file.dataset("/train/inputs"), try file.dataset("/train/targets"), report)
    }

    @Test func charactersByFrequency() throws {
        let fixture = try ConvertingFixture()
        let (inputs, targets, report) = try convert(fixture, "\u{FEFF}aébaéa é") { $0.window = 3 }
        // Three a, three é, then the blank and b; those as frequent by their own order.
        #expect(try inputs.attributes.strings("vocabulary") == ["a", "é", " ", "b"])
        #expect(inputs.elementType == .uint8)
        #expect(inputs.shape == [2, 3])
        #expect(try inputs.read(UInt8.self) == [0, 1, 3, 0, 1, 0])
        #expect(try targets.read(UInt8.self) == [1, 3, 0, 1, 0, 2])
        #expect(report.notes == ["8 characters, 4 different ones in the attribute vocabulary of the inputs"])
    }

    @Test func otherEncodings() throws {
        let fixture = try ConvertingFixture()
        let utf8 = try fixture.write("é€é€é", to: "8.txt")
        let latin = try fixture.write([0xE9, 0x80, 0xE9, 0x80, 0xE9], to: "1.txt")
        let wide = try fixture.write([0xFF, 0xFE, 0xE9, 0, 0xAC, 0x20, 0xE9, 0, 0xAC, 0x20, 0xE9, 0], to: "16.txt")
        for (path, encoding) in [(utf8, TextEncoding.utf8), (latin, .latin1), (wide, .utf16)] {
            var options = TextOptions()
            (options.window, options.encoding) = (2, encoding)
            let (file, _) = try fixture.convert(TextConverter([path], options: options))
            let inputs = try file.dataset("/train/inputs")
            #expect(try inputs.attributes.strings("vocabulary") == ["é", "€"])
            #expect(try inputs.read(UInt8.self) == [0, 1, 0, 1])
        }
    }

    @Test("Windows that hold each token a million times are refused, with the limit")
    func windowsThatOverlapTooMuch() throws {
        try expectThreadTime {
            let fixture = try ConvertingFixture()
            let path = try fixture.write(String(repeating: "abcdefgh", count: 1 << 18), to: "a.txt")
            var options = TextOptions()
            (options.window, options.stride) = (1 << 20, 1)
            fixture.expect(
                "@a.txt: 1048576 windows of 1048576 tokens would be more than the 64 GiB of tokens that are written, since each "
                    + "overlaps the one before; give a larger --stride or a smaller --window",
                from: TextConverter([path], options: options))
            options.stride = 1 << 19
            #expect(try fixture.convert(TextConverter([path], options: options)).1.datasets[0].shape == [2, 1 << 20])
        }
    }

    @Test("Many different words take time by their number")
    func manyWords() throws {
        try expectThreadTime {
            let fixture = try ConvertingFixture()
            let path = try fixture.write((0..<300_000).map { "w\($0)" }.joined(separator: " "), to: "a.txt")
            var options = TextOptions()
            options.tokens = .words
            let (file, _) = try fixture.convert(TextConverter([path], options: options))
            #expect(try file.dataset("/vocabulary").shape == [300_000])
        }
    }

    @Test func windowsOverlapOrLieApart() throws {
        let fixture = try ConvertingFixture()
        let bytes = (0..<26).map { UInt8($0 + 97) }
        let text = String(decoding: bytes, as: UTF8.self)
        for (window, stride) in [(5, 1), (5, 2), (5, 5), (5, 7), (3, 20), (25, 1), (1, 1)] {
            let (inputs, targets, _) = try convert(fixture, text) {
                ($0.tokens, $0.window, $0.stride) = (.bytes, window, stride)
            }
            let starts = Array(Swift.stride(from: 0, through: 26 - window - 1, by: stride))
            #expect(inputs.shape == [starts.count, window])
            #expect(try inputs.read(UInt8.self) == starts.flatMap { Array(bytes[$0..<$0 + window]) })
            #expect(try targets.read(UInt8.self) == starts.flatMap { Array(bytes[$0 + 1..<$0 + 1 + window]) })
        }
    }

    @Test func wordsAndMarks() throws {
        let fixture = try ConvertingFixture()
        let (inputs, _, report) = try convert(fixture, "The cat, the dog's  naïve CAT.\n", "x_1 — the end") {
            ($0.tokens, $0.window, $0.isLowercased) = (.words, 11, true)
        }
        let words = try inputs.attributes.strings("vocabulary")
        #expect(words == ["the", "cat", ",", ".", "dog's", "end", "naïve", "x_1", "—"])
        let expected = ["the", "cat", ",", "the", "dog's", "naïve", "cat", ".", "x_1", "—", "the"]
        #expect(try inputs.read(UInt8.self).map { words[Int($0)] } == expected)
        #expect(report.notes == ["12 words, 9 different ones in the attribute vocabulary of the inputs"])
        // A text's last word and the next one's first are two.
        let (apart, _, _) = try convert(fixture, "one", "two three") { ($0.tokens, $0.window) = (.words, 2) }
        #expect(try apart.attributes.strings("vocabulary") == ["one", "three", "two"])
    }

    @Test func rareTokensBecomeUnknown() throws {
        let fixture = try ConvertingFixture()
        let (inputs, _, _) = try convert(fixture, "a b a c a b d a") {
            ($0.tokens, $0.window, $0.vocabularySize) = (.words, 7, 3)
        }
        #expect(try inputs.attributes.strings("vocabulary") == ["<unknown>", "a", "b"])
        #expect(try inputs.read(UInt8.self) == [1, 2, 1, 0, 1, 2, 0])
        let (all, _, _) = try convert(fixture, "a b a c a b d a") {
            ($0.tokens, $0.window, $0.vocabularySize) = (.words, 7, 4)
        }
        #expect(try all.attributes.strings("vocabulary") == ["a", "b", "c", "d"])
    }

    @Test func typesGrowWithTheVocabulary() throws {
        let fixture = try ConvertingFixture()
        let many = (0..<70_000).map { "w\($0)" }.joined(separator: " ")
        let (middle, _, _) = try convert(fixture, (0..<300).map { "w\($0)" }.joined(separator: " ")) {
            ($0.tokens, $0.window) = (.words, 10)
        }
        #expect(middle.elementType == .uint16)
        let (large, _, report) = try convert(fixture, many) { ($0.tokens, $0.window) = (.words, 1000) }
        #expect(large.elementType == .int32)
        #expect(try !large.attributes.contains("vocabulary"))
        #expect(report.notes == ["70000 words, 70000 different ones in the dataset /vocabulary"])
        let file = try HDF5File.open(fixture.file("out.h5"))
        let vocabulary = try file.dataset("/vocabulary").readStrings()
        let numbers = try large.read(Int32.self)
        #expect(numbers.prefix(3).map { vocabulary[Int($0)] } == ["w0", "w1", "w2"])
        #expect(vocabulary[Int(numbers[68_999])] == "w68999")
    }

    @Test func badTextsAreNamed() throws {
        let fixture = try ConvertingFixture()
        func expect(_ sentence: String, _ bytes: [UInt8], sourceLocation: SourceLocation = #_sourceLocation) throws {
            let path = try fixture.write(bytes, to: "a.txt")
            fixture.expect(sentence, from: TextConverter([path]), sourceLocation: sourceLocation)
        }
        let a = [UInt8](repeating: 97, count: 5)
        // A lone follower, an overlong form, a surrogate, beyond the last, an end in the middle.
        for bad: [UInt8] in [
            [0x80], [0xC0, 0x80], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xE2, 0x82],
        ] {
            try expect(
                "@a.txt, byte 5: the text is not in UTF-8; say --encoding latin-1 or utf-16 if it is in that, save it as UTF-8, "
                    + "or say --tokens bytes", a + bad)
        }
        try expect(
            "@a.txt: 5 characters are too few for a window of 128 and the one that follows; give a smaller --window", a)
    }
}
