import Files
import Foundation
import Recipes
import TestSupport
import Testing

@testable import Preparation

struct ImageDecoderTests {
    let fixture: ConvertingFixture

    init() throws { fixture = try ConvertingFixture() }

    /// The values of a file in its own size, 8 bits or 16.
    private func decode(_ image: [UInt8], _ height: Int, _ width: Int, channels: Int, bits: Int = 8) throws -> [Int] {
        let path = try fixture.write(image, to: "image")
        let recipe = ImageRecipe(height: height, width: width, channels: channels, bits: bits)
        var row = [UInt8](repeating: 0xAA, count: recipe.rowBytes)
        try row.withUnsafeMutableBytes { try ImageDecoder(recipe: recipe).decode(path, into: $0) }
        guard bits == 16 else { return row.map(Int.init) }
        return row.withUnsafeBytes { $0.bindMemory(to: UInt16.self).map(Int.init) }
    }

    /// A pixel as it is to come out, by the formulas of `CImages.h`.
    private func naive(_ pixel: [Int], most: Int, channels: Int, bits: Int) -> [Int] {
        var colours = pixel.count < 3 ? [Int](repeating: pixel[0], count: 3) : Array(pixel[..<3])
        if pixel.count % 2 == 0 {
            let opacity = pixel[pixel.count - 1]
            colours = colours.map { ($0 * opacity + most * (most - opacity) + most / 2) / most }
        }
        if channels == 1 {
            colours =
                pixel.count < 3
                ? [colours[0]] : [(colours[0] * 19595 + colours[1] * 38470 + colours[2] * 7471 + 0x8000) >> 16]
        }
        return colours.map { value in
            if most == 255 { return bits == 16 ? value * 257 : value }
            return bits == 16 ? value : Int((Double(value) / 257).rounded())
        }
    }

    /// What is drawn for TensorBoard is read by libpng.
    @Test(arguments: [1, 3], [(1, 1), (7, 300), (400, 2)])
    func ourOwnPNGs(channels: Int, size: (height: Int, width: Int)) throws {
        var random = SeededRandom(channels)
        let values = (0..<size.height * size.width * channels).map { _ in Int.random(in: 0...255, using: &random) }
        let image = PNGImage(
            width: size.width, height: size.height, channels: channels, pixels: values.map { UInt8($0) })
        #expect(try decode(image.encoded, size.height, size.width, channels: channels) == values)
    }

    @Test("Grey, colour, opacity, 8 and 16 bits, interlaced or not, as grey and as colour", arguments: 1...4)
    func pngs(_ own: Int) throws {
        var random = SeededRandom(own)
        let (height, width) = (9, 13)
        for isDeep in [false, true] {
            let most = isDeep ? 65_535 : 255
            var values = (0..<height * width * own).map { _ in Int.random(in: 0...most, using: &random) }
            // Clear and opaque ones too.
            for index in values.indices.prefix(12 * own) where index % own == own - 1 {
                values[index] = index % 2 == 0 ? 0 : most
            }
            for isInterlaced in [false, true] {
                let image =
                    isDeep
                    ? ImageFixture.png(
                        height: height, width: width, channels: own, deep: values.map(UInt16.init),
                        isInterlaced: isInterlaced)
                    : ImageFixture.png(
                        height: height, width: width, channels: own, values.map(UInt8.init), isInterlaced: isInterlaced)
                for (channels, bits) in [(1, 8), (1, 16), (3, 8), (3, 16)] {
                    let expected = stride(from: 0, to: values.count, by: own).flatMap {
                        naive(Array(values[$0..<$0 + own]), most: most, channels: channels, bits: bits)
                    }
                    #expect(try decode(image, height, width, channels: channels, bits: bits) == expected)
                }
            }
        }
    }

    @Test func palettes() throws {
        let palette: [UInt8] = [255, 0, 0, 0, 255, 0, 0, 0, 255]
        let image = ImageFixture.png(height: 2, width: 2, palette: palette, opacities: [255, 0, 128], [0, 1, 2, 0])
        #expect(try decode(image, 2, 2, channels: 3) == [255, 0, 0, 255, 255, 255, 127, 127, 255, 255, 0, 0])
        let opaque = ImageFixture.png(height: 1, width: 2, palette: palette, opacities: [], [2, 1])
        #expect(try decode(opaque, 1, 2, channels: 3) == [0, 0, 255, 0, 255, 0])
        #expect(try decode(opaque, 1, 2, channels: 1) == [29, 150])
    }

    @Test func jpegs() throws {
        // One colour keeps its value but for rounding.
        let colour = Array(repeating: [UInt8]([200, 100, 50]), count: 64).flatMap(\.self)
        for isProgressive in [false, true] {
            let image = ImageFixture.jpeg(
                height: 8, width: 8, channels: 3, colour, isProgressive: isProgressive)
            let own = try decode(image, 8, 8, channels: 3)
            #expect(zip(own, colour).allSatisfy { abs($0 - Int($1)) <= 2 })
            #expect(try decode(image, 8, 8, channels: 1).allSatisfy { abs($0 - 124) <= 2 })
            #expect(try decode(image, 8, 8, channels: 3, bits: 16) == own.map { $0 * 257 })
        }
        let grey = ImageFixture.jpeg(height: 8, width: 8, channels: 1, [UInt8](repeating: 77, count: 64))
        #expect(try decode(grey, 8, 8, channels: 1).allSatisfy { abs($0 - 77) <= 1 })
        #expect(try decode(grey, 8, 8, channels: 3).allSatisfy { abs($0 - 77) <= 1 })
    }

    @Test("Cyan, magenta, yellow and black, inverted as Adobe does")
    func inks() throws {
        for (inks, colour): ([UInt8], [Int]) in [
            ([255, 255, 255, 255], [255, 255, 255]), ([0, 255, 255, 255], [0, 255, 255]), ([9, 9, 9, 0], [0, 0, 0]),
            ([100, 200, 255, 128], [50, 100, 128]),
        ] {
            let image = ImageFixture.jpeg(
                height: 8, width: 8, channels: 4, Array(repeating: inks, count: 64).flatMap(\.self))
            let own = try decode(image, 8, 8, channels: 3)
            #expect(own.enumerated().allSatisfy { abs($1 - colour[$0 % 3]) <= 3 }, "\(own.prefix(3)) for \(inks)")
        }
    }

    @Test func webps() throws {
        var random = SeededRandom(5)
        let colours = (0..<6 * 7 * 3).map { _ in UInt8.random(in: 0...255, using: &random) }
        let whole = ImageFixture.webp(height: 6, width: 7, channels: 3, colours)
        #expect(try decode(whole, 6, 7, channels: 3) == colours.map(Int.init))
        #expect(try decode(whole, 6, 7, channels: 3, bits: 16) == colours.map { Int($0) * 257 })
        let grey = stride(from: 0, to: colours.count, by: 3).flatMap {
            naive(colours[$0..<$0 + 3].map(Int.init), most: 255, channels: 1, bits: 8)
        }
        #expect(try decode(whole, 6, 7, channels: 1) == grey)
        let clear: [UInt8] = [10, 20, 30, 255, 10, 20, 30, 0, 0, 0, 0, 128, 200, 100, 50, 64]
        let image = ImageFixture.webp(height: 2, width: 2, channels: 4, clear)
        let expected = [
            [10, 20, 30], [255, 255, 255], [127, 127, 127],
            naive([200, 100, 50, 64], most: 255, channels: 3, bits: 8),
        ]
        #expect(try decode(image, 2, 2, channels: 3) == expected.flatMap(\.self))
        let lossy = ImageFixture.webp(
            height: 16, width: 16, channels: 3, [UInt8](repeating: 90, count: 16 * 16 * 3), isLossless: false)
        #expect(try decode(lossy, 16, 16, channels: 3).allSatisfy { abs($0 - 90) <= 3 })
    }

    @Test("Turned as EXIF says", arguments: 1...8)
    func orientation(_ value: Int) throws {
        // Rows of three; what is seen, row after row.
        let values: [UInt8] = [1, 2, 3, 4, 5, 6]
        let seen: [[Int]] = [
            [1, 2, 3, 4, 5, 6], [3, 2, 1, 6, 5, 4], [6, 5, 4, 3, 2, 1], [4, 5, 6, 1, 2, 3], [1, 4, 2, 5, 3, 6],
            [4, 1, 5, 2, 6, 3], [6, 3, 5, 2, 4, 1], [3, 6, 2, 5, 1, 4],
        ]
        let (height, width) = value >= 5 ? (3, 2) : (2, 3)
        let grey = ImageFixture.png(height: 2, width: 3, channels: 1, values)
        let turned = ImageFixture.adding(exif: ImageFixture.exif(value), to: grey)
        #expect(try decode(turned, height, width, channels: 1) == seen[value - 1])
        #expect(try decode(turned, height, width, channels: 1, bits: 16) == seen[value - 1].map { $0 * 257 })
        #expect(try decode(turned, height, width, channels: 3) == seen[value - 1].flatMap { [$0, $0, $0] })
        let webp = ImageFixture.webp(height: 2, width: 3, channels: 3, values.flatMap { [$0, $0, $0] })
        let other = ImageFixture.adding(exif: ImageFixture.exif(value, isLittle: false), to: webp)
        #expect(try decode(other, height, width, channels: 1) == seen[value - 1])
    }

    @Test func letterboxesAreBlackBesideTheImage() throws {
        let path = try fixture.write(
            ImageFixture.png(height: 1, width: 2, channels: 1, [100, 200]), to: "wide.png")
        var row = [UInt8](repeating: 0xAA, count: 16)
        let recipe = ImageRecipe(height: 4, width: 4, channels: 1, fit: .letterbox)
        try row.withUnsafeMutableBytes { try ImageDecoder(recipe: recipe).decode(path, into: $0) }
        #expect(row[..<4] == [0, 0, 0, 0])
        #expect(row[12...] == [0, 0, 0, 0])
        #expect(row[4..<8] == [100, 125, 175, 200])
        #expect(row[8..<12] == row[4..<8])
    }

    @Test("Whatever is missing at the end, it is said and nothing is made up")
    func cutOff() throws {
        let pixels = (0..<16 * 16 * 3).map { UInt8(truncatingIfNeeded: $0 &* 37) }
        for image in [
            ImageFixture.png(height: 16, width: 16, channels: 3, pixels),
            ImageFixture.png(height: 16, width: 16, channels: 3, pixels, isInterlaced: true),
            ImageFixture.jpeg(height: 16, width: 16, channels: 3, pixels),
            ImageFixture.jpeg(height: 16, width: 16, channels: 3, pixels, isProgressive: true),
            ImageFixture.webp(height: 16, width: 16, channels: 3, pixels),
            ImageFixture.webp(height: 16, width: 16, channels: 3, pixels, isLossless: false),
        ] {
            _ = try decode(image, 16, 16, channels: 3)
            for count in stride(from: 0, to: image.count - 1, by: max(image.count / 40, 1)) {
                #expect(throws: (any Error).self, "\(count) of \(image.count) bytes of \(image.prefix(4))") {
                    try decode(Array(image[..<count]), 16, 16, channels: 3)
                }
            }
        }
        let image = ImageFixture.jpeg(height: 16, width: 16, channels: 3, pixels)
        let error = #expect(throws: (any Error).self) { try decode(image.dropLast(200), 16, 16, channels: 3) }
        #expect(
            "\(error.map { "\($0)" } ?? "")"
                == "\(fixture.file("image")) is damaged, or of a form that can't be decoded: it ends early")
    }

    @Test func anyByteMayBeWrong() throws {
        var random = SeededRandom(11)
        let pixels = (0..<16 * 16 * 4).map { UInt8(truncatingIfNeeded: $0 &* 37) }
        for image in [
            ImageFixture.png(height: 16, width: 16, channels: 4, pixels, isInterlaced: true),
            ImageFixture.png(
                height: 16, width: 16, palette: Array(pixels[..<60]), opacities: [1, 2], pixels[..<256].map { $0 % 20 }),
            ImageFixture.jpeg(height: 16, width: 16, channels: 4, pixels),
            ImageFixture.jpeg(height: 16, width: 16, channels: 3, Array(pixels[..<768]), isProgressive: true),
            ImageFixture.webp(height: 16, width: 16, channels: 4, pixels),
            ImageFixture.webp(height: 16, width: 16, channels: 3, Array(pixels[..<768]), isLossless: false),
        ] {
            for _ in 0..<150 {
                var own = image
                for _ in 0..<Int.random(in: 1...6, using: &random) {
                    own[Int.random(in: own.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
                }
                do {
                    // A size that is damaged is another size.
                    _ = try decode(own, 16, 16, channels: 3)
                } catch {
                    #expect("\(error)".hasPrefix(fixture.file("image")), "\(error)")
                }
            }
        }
    }

    @Test func whatCannotBeDecodedIsNamed() throws {
        func expect(_ sentence: String, _ bytes: [UInt8]) throws {
            let path = try fixture.write(bytes, to: "a.png")
            let error = #expect(throws: (any Error).self) { try ImageDecoder.read(path) }
            #expect("\(error.map { "\($0)" } ?? "")".replacingOccurrences(of: fixture.path, with: "@") == sentence)
        }
        try expect("@/a.png is empty: an image has bytes; remove it or copy it again", [])
        try expect(
            "@/a.png is a text, whatever its name says: it begins with 'hello'; remove it, or give it another ending",
            Array("hello\nworld\n".utf8))
        try expect(
            "@/a.png is no PNG, JPEG or WebP image, or its beginning is damaged; remove it or copy it again",
            [0xFF, 0, 1, 2, 3])
        var bomb = ImageFixture.png(height: 8, width: 16, channels: 1, [UInt8](repeating: 7, count: 128))
        bomb.replaceSubrange(16..<24, with: [0, 1, 0, 0, 0, 1, 0, 0])
        try expect("@/a.png has 65536×65536 pixels; more than 100 million are not decoded", bomb)
        try expect(
            "@/a.png is a TIFF image, which stormo does not read; make a PNG of it: python3 -c 'import os; from PIL import "
                + "Image; Image.open(\"@/a.png\").save(\"@/a.png.png\"); os.rename(\"@/a.png\", \"@/a.png.original\")'",
            [0x49, 0x49, 0x2A, 0, 8, 0, 0, 0])
        // A file that is all header: an image of 1 × 1 with the mark of an animation.
        let frames: [UInt8] =
            Array("RIFF".utf8) + [30, 0, 0, 0] + Array("WEBPVP8X".utf8) + [10, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0]
            + Array("ANIM".utf8) + [6, 0, 0, 0, 0, 0, 0, 0, 0, 0]
        try expect(
            "@/a.png is an animation; make a PNG of its first image: python3 -c 'import os; from PIL import "
                + "Image; Image.open(\"@/a.png\").save(\"@/a.png.png\"); os.rename(\"@/a.png\", \"@/a.png.original\")'",
            frames)
    }

    @Test("A kilobyte that becomes ten million pixels takes its time and no more than its memory")
    func smallFileOfManyPixels() throws {
        // Blank rows compress a thousandfold.
        let image = ImageFixture.png(
            height: 2000, width: 3000, channels: 1, [UInt8](repeating: 0, count: 6_000_000))
        #expect(image.count < 20_000)
        let path = try fixture.write(image, to: "blank.png")
        var row = [UInt8](repeating: 1, count: 4)
        let recipe = ImageRecipe(height: 2, width: 2, channels: 1)
        try row.withUnsafeMutableBytes { try ImageDecoder(recipe: recipe).decode(path, into: $0) }
        #expect(row == [0, 0, 0, 0])
    }
}
