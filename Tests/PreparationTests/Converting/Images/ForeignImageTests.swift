import Testing

@testable import Preparation

struct ForeignImageTests {
    private func kind(_ bytes: [UInt8]) -> ForeignImage? { bytes.withUnsafeBytes { ForeignImage($0) } }

    @Test func formsAreToldByTheirFirstBytes() {
        #expect(kind([0x49, 0x49, 0x2A, 0]) == .tiff)
        #expect(kind([0x4D, 0x4D, 0, 0x2A]) == .tiff)
        #expect(kind(Array("GIF89a".utf8)) == .gif)
        #expect(kind(Array("BM".utf8) + [UInt8](repeating: 0, count: 12) + [40, 0, 0, 0]) == .bmp)
        #expect(kind([0, 0, 0, 24] + Array("ftypheic".utf8)) == .heif)
        #expect(kind([0, 0, 0, 24] + Array("ftypavif".utf8)) == .avif)
        #expect(kind([0xFF, 0x4F, 0xFF, 0x51]) == .jpeg2000)
        #expect(kind(Array("P5\n2 2\n255\n".utf8)) == .netpbm)
        #expect(kind([]) == nil)
        #expect(kind(Array("BMW is a text".utf8)) == nil)
        #expect(kind(Array("hello".utf8)) == nil)
    }

    @Test func theLineCanBeTyped() {
        #expect(
            ForeignImage.tiff.advice("it's/a b.tif")
                == "is a TIFF image, which stormo does not read; make a PNG of it: python3 -c 'from PIL import Image; "
                + "Image.open(\"it'\\''s/a b.tif\").save(\"it'\\''s/a b.png\")'")
        #expect(ForeignImage.heif.advice("a.heic").contains("register_heif_opener"))
    }
}
