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
                == "is a TIFF image, which stormo does not read; make a PNG of it: python3 -c 'import os; from PIL import "
                + "Image; Image.open(\"it'\\''s/a b.tif\").save(\"it'\\''s/a b.png\"); os.rename(\"it'\\''s/a b.tif\", "
                + "\"it'\\''s/a b.tif.original\")'")
        #expect(ForeignImage.heif.advice("a.heic").contains("register_heif_opener"))
    }

    /// Neither an image of the same name nor one that was kept before is lost.
    @Test func noFileIsReplaced() throws {
        let fixture = try ConvertingFixture()
        for (there, png, kept) in [
            ([String](), "a.png", "a.tif.original"), (["a.png"], "a.tif.png", "a.tif.original"),
            (["a.png", "a.tif.png", "a.tif.original"], "a.tif.2.png", "a.tif.1.original"),
        ] {
            for name in there { try fixture.write("", to: name) }
            let line = ForeignImage.line(fixture.file("a.tif"))
            #expect(line.contains(".save(\"\(fixture.file(png))\")"), "\(line)")
            #expect(line.hasSuffix("\"\(fixture.file(kept))\")'"), "\(line)")
        }
        // What is called a PNG and is none.
        try fixture.write("", to: "b.png")
        #expect(ForeignImage.line(fixture.file("b.png")).contains("b.png.png"))
    }
}
