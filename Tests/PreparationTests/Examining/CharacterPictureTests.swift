import Kernels
import Testing

@testable import Preparation

struct CharacterPictureTests {
    @Test func knowsImages() {
        for shape: Shape in [[8, 8], [8, 8, 1], [32, 32, 3], [4, 32]] {
            #expect(CharacterPicture.isImage(shape), "\(shape)")
        }
        for shape: Shape in [[8, 8, 2], [64], [3, 3], [4, 64], [4000, 4000], [64, 1], [8, 8, 1, 1]] {
            #expect(!CharacterPicture.isImage(shape), "\(shape)")
        }
    }

    @Test func drawsARampFromDarkToBright() {
        let picture = CharacterPicture(
            [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 9, 9, 9, 0, 0, 0], shape: [4, 4], range: 0...9)
        #expect(picture.lines(.ramp, columns: 8) == ["  ..::--", "==++**##", "%%@@@@@@", "@@      "])
        #expect(picture.drawnColumns(.ramp, columns: 8) == 8)
    }

    @Test func shrinksWhatIsTooWide() {
        // The left half dark, the right half bright.
        let values = (0..<64).map { Float($0 % 8 < 4 ? 0 : 1) }
        let picture = CharacterPicture(values, shape: [8, 8], range: 0...1)
        #expect(picture.lines(.ramp, columns: 8) == Array(repeating: "    @@@@", count: 4))
        #expect(picture.lines(.ramp, columns: 4) == Array(repeating: "  @@", count: 2))
    }

    @Test func drawsTwoPixelsACharacterInColour() {
        var values = Array(repeating: Float(0), count: 5 * 20 * 3)
        (values[0], values[20 * 3 + 2]) = (1, 0.5)
        let lines = CharacterPicture(values, shape: [5, 20, 3], range: 0...1).lines(.colors)
        #expect(lines.count == 3)
        #expect(lines[0].hasPrefix("\u{1B}[38;2;255;0;0m\u{1B}[48;2;0;0;128m▀\u{1B}[38;2;0;0;0m"))
        #expect(lines.allSatisfy { $0.hasSuffix("\u{1B}[0m") && $0.filter { $0 == "▀" }.count == 20 })
        // Below the last row of an odd number there is nothing.
        #expect(lines[2].contains("\u{1B}[49m▀"))
    }

    @Test func drawsTheSmallestTwiceAsLarge() {
        let picture = CharacterPicture(Array(repeating: 1, count: 64), shape: [8, 8], range: 0...1)
        #expect(picture.drawnColumns(.colors) == 16)
        #expect(picture.lines(.colors).count == 8)
        #expect(picture.drawnColumns(.colors, columns: 10) == 10)
    }

    @Test func standsWhatIsNoNumber() {
        let picture = CharacterPicture(Array(repeating: .nan, count: 16), shape: [4, 4], range: 0...0)
        #expect(picture.lines(.ramp, columns: 4) == ["    ", "    "])
    }
}
