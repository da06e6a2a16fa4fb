import Testing

@testable import Preparation

struct ImageHeaderTests {
    private func header(_ bytes: [UInt8]) -> ImageHeader? { bytes.withUnsafeBytes { ImageHeader($0) } }

    private static let colours = [UInt8](repeating: 7, count: 18)

    @Test func sizesAreReadWithoutDecoding() throws {
        let png = try #require(header(ImageFixture.png(height: 2, width: 3, channels: 1, Array(0..<6))))
        #expect(png.kind == .png)
        #expect((png.height, png.width) == (2, 3))
        #expect(png.isGrey)
        #expect(png.bits == 8)
        let deep = try #require(header(ImageFixture.png(height: 1, width: 1, channels: 4, deep: [1, 2, 3, 4])))
        #expect(!deep.isGrey)
        #expect(deep.bits == 16)
        let jpeg = try #require(header(ImageFixture.jpeg))
        #expect(jpeg.kind == .jpeg)
        #expect((jpeg.height, jpeg.width) == (8, 16))
        #expect(!jpeg.isGrey)
        let grey = ImageFixture.jpeg(height: 3, width: 2, channels: 1, Array(0..<6), isProgressive: true)
        #expect(header(grey)?.isGrey == true)
        let webp = try #require(header(ImageFixture.webp(height: 2, width: 3, channels: 3, Self.colours)))
        #expect(webp.kind == .webp)
        #expect((webp.height, webp.width) == (2, 3))
        #expect(!webp.isAnimated)
    }

    @Test("The orientation is found in all three forms, in both byte orders", arguments: 1...8)
    func orientation(_ value: Int) throws {
        for image in [
            ImageFixture.png(height: 2, width: 3, channels: 3, Self.colours),
            ImageFixture.jpeg(height: 2, width: 3, channels: 3, Self.colours),
            ImageFixture.webp(height: 2, width: 3, channels: 3, Self.colours),
        ] {
            for isLittle in [true, false] {
                let own = try #require(
                    header(ImageFixture.adding(exif: ImageFixture.exif(value, isLittle: isLittle), to: image)))
                #expect(own.orientation == value)
                #expect(own.shown == (value >= 5 ? (3, 2) : (2, 3)))
            }
        }
    }

    @Test func allElseIsNoImage() {
        #expect(header([]) == nil)
        #expect(header(Array("GIF89a".utf8)) == nil)
        // Every beginning of an image that ends before its size.
        let jpeg = ImageFixture.jpeg
        for count in 0..<100 { #expect(header(Array(jpeg[..<count])) == nil) }
        for count in 0..<26 {
            #expect(header(Array(ImageFixture.png(height: 1, width: 1, channels: 1, [0])[..<count])) == nil)
        }
        let webp = ImageFixture.webp(height: 2, width: 3, channels: 3, Self.colours)
        for count in 0..<25 { #expect(header(Array(webp[..<count])) == nil) }
    }
}
