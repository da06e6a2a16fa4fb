import Testing

@testable import Preparation

struct ImageHeaderTests {
    private func header(_ bytes: [UInt8]) -> ImageHeader? { bytes.withUnsafeBytes { ImageHeader($0) } }

    @Test func sizesAreReadWithoutDecoding() throws {
        let png = try #require(header(ImageFixture.png(height: 2, width: 3, channels: 1, Array(0..<6))))
        #expect(png.kind == .png)
        #expect((png.height, png.width) == (2, 3))
        let jpeg = try #require(header(ImageFixture.jpeg))
        #expect(jpeg.kind == .jpeg)
        #expect((jpeg.height, jpeg.width) == (8, 16))
    }

    @Test func allElseIsNoImage() {
        #expect(header([]) == nil)
        #expect(header(Array("GIF89a".utf8)) == nil)
        // Every beginning of an image that ends before its size.
        let jpeg = ImageFixture.jpeg
        for count in 0..<100 { #expect(header(Array(jpeg[..<count])) == nil) }
        for count in 0..<24 {
            #expect(header(Array(ImageFixture.png(height: 1, width: 1, channels: 1, [0])[..<count])) == nil)
        }
    }
}
