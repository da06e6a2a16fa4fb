import Foundation
import HDF5
import Recipes
import Testing

@testable import Preparation

struct ImageConverterTests {
    private func converter(_ path: String, change: (inout ImageOptions) -> Void = { _ in }) -> ImageConverter {
        var options = ImageOptions()
        options.skipping = "--skip-damaged"
        change(&options)
        return ImageConverter(.folder(path), options: options)
    }

    @Test func anEmptyNameInATable() throws {
        let fixture = try ConvertingFixture()
        try fixture.write(ImageFixture.png(height: 1, width: 1, channels: 1, [7]), to: "cat0.png")
        let path = try fixture.write("name\ncat0.png\nNA\n", to: "names.csv")
        var options = TableOptions()
        options.like = LikeTable(inputs: Recipe([]), targets: nil, place: "model.h5")
        let sentence =
            "@names.csv, line 3, column 'name', is empty; write the name of an image file there, or leave the row out"
        fixture.expect(sentence, from: ImageConverter(.table(path, column: "name", options)))
        options.missing = .skip
        let (file, _) = try fixture.convert(ImageConverter(.table(path, column: "name", options)))
        #expect(try file.dataset("/train/inputs").read(UInt8.self) == [7])
    }

    @Test func foldersAreClasses() throws {
        let fixture = try ConvertingFixture()
        let colours: [UInt8] = [255, 0, 0, 0, 255, 0, 0, 0, 255, 10, 20, 30, 40, 50, 60, 70, 80, 90]
        try fixture.write(ImageFixture.png(height: 2, width: 3, channels: 3, colours), to: "p/cat/b.png")
        try fixture.write(
            ImageFixture.png(height: 2, width: 3, channels: 1, [0, 1, 2, 3, 4, 255]), to: "p/ant/a.PNG")
        // Opaque, clear, half clear on white.
        let clear: [UInt8] = [9, 9, 9, 255, 9, 9, 9, 0, 0, 0, 0, 128, 1, 2, 3, 255, 4, 5, 6, 255, 7, 8, 9, 255]
        try fixture.write(ImageFixture.png(height: 2, width: 3, channels: 4, clear), to: "p/cat/c.png")
        try fixture.write("", to: "p/cat/.hidden.png")
        try fixture.write("", to: "p/cat/notes.txt")
        let (file, report) = try fixture.convert(converter(fixture.file("p")))
        let inputs = try file.dataset("/train/inputs")
        #expect(inputs.elementType == .uint8)
        #expect(inputs.shape == [3, 2, 3, 3])
        let values = try inputs.read(UInt8.self)
        #expect(values[..<18] == [0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4, 255, 255, 255])
        #expect(Array(values[18..<36]) == colours)
        #expect(values[36..<45] == [9, 9, 9, 255, 255, 255, 127, 127, 127])
        #expect(
            try ImageRecipe(text: inputs.attributes.strings(ImageRecipe.attribute)[0], file: "")
                == ImageRecipe(height: 2, width: 3, channels: 3))
        let targets = try file.dataset("/train/targets")
        #expect(try targets.read(Int32.self) == [0, 1, 1])
        #expect(try targets.attributes.strings("class_names") == ["ant", "cat"])
        #expect(
            try Recipe(text: targets.attributes.strings(Recipe.attribute)[0], file: "").classNames == ["ant", "cat"])
        #expect(try file.dataset("/train/file_names").readStrings() == ["ant/a.PNG", "cat/b.png", "cat/c.png"])
        #expect(
            report.notes == [
                "1 file is no image by the ending and was left out: \(fixture.file("p/cat/notes.txt"))"
            ])
        let (gray, _) = try fixture.convert(converter(fixture.file("p")) { $0.channels = 1 })
        let grays = try gray.dataset("/train/inputs").read(UInt8.self)
        #expect(grays[6..<9] == [76, 150, 29])
        #expect(grays[..<6] == [0, 1, 2, 3, 4, 255])
    }

    @Test func whatAllImagesAreIsKept() throws {
        let fixture = try ConvertingFixture()
        try fixture.write(ImageFixture.png(height: 1, width: 2, channels: 1, [7, 255]), to: "p/1.png")
        let (grey, report) = try fixture.convert(converter(fixture.file("p")))
        #expect(try grey.dataset("/train/inputs").shape == [1, 1, 2, 1])
        #expect(try !grey.exists("/train/targets"))
        #expect(report.notes == ["all images are grey: one channel (--channels 3 makes them colour)"])
        try fixture.write(ImageFixture.png(height: 1, width: 2, channels: 1, deep: [7, 65_535]), to: "p/2.png")
        let (deep, notes) = try fixture.convert(converter(fixture.file("p")))
        let inputs = try deep.dataset("/train/inputs")
        #expect(inputs.elementType == .uint16)
        #expect(try inputs.read(UInt16.self) == [7 * 257, 65_535, 7, 65_535])
        #expect(notes.notes.last == "1 image has 8 bits a value, scaled to 16: white stays white")
        let (flat, others) = try fixture.convert(converter(fixture.file("p")) { $0.bits = 8 })
        #expect(try flat.dataset("/train/inputs").read(UInt8.self) == [7, 255, 0, 255])
        #expect(others.notes.last == "1 image has 16 bits a value, scaled to 8: white stays white")
    }

    @Test func filesAreTakenAsTheyAreNamed() throws {
        let fixture = try ConvertingFixture()
        for (index, name) in ["b.png", "a.png"].enumerated() {
            try fixture.write(ImageFixture.png(height: 1, width: 1, channels: 1, [UInt8(index)]), to: name)
        }
        let paths = ["b.png", "a.png"].map(fixture.file)
        let (file, _) = try fixture.convert(ImageConverter(.files(paths)))
        #expect(try file.dataset("/train/file_names").readStrings() == paths)
        #expect(try file.dataset("/train/inputs").read(UInt8.self) == [0, 1])
    }

    @Test func imagesAreResizedByAveraging() throws {
        let fixture = try ConvertingFixture()
        try fixture.write(
            ImageFixture.png(height: 2, width: 4, channels: 1, [0, 100, 10, 20, 50, 50, 30, 40]), to: "p/a/1.png")
        try fixture.write(ImageFixture.jpeg, to: "p/a/2.jpg")
        fixture.expect(
            "@p/a/2.jpg has 8×16 pixels, but @p/a/1.png has 2×4; give the size that all shall have, as in --size 2x4",
            from: converter(fixture.file("p")))
        let (file, _) = try fixture.convert(converter(fixture.file("p")) { ($0.height, $0.width) = (1, 2) })
        let values = try file.dataset("/train/inputs").read(UInt8.self).map(Int.init)
        // Of (0·3 + 100·3 + 10) / 7 = 44 and (50·3 + 50·3 + 30) / 7 = 47 the mean, and of 27 and 37.
        #expect(values[..<6] == [46, 46, 46, 32, 32, 32])
        for (value, expected) in zip(values[6...], [200, 100, 50, 32, 80, 160]) {
            #expect(abs(value - expected) < 45)
        }
        fixture.expect(
            "images of 0×20000 can't be made; each side has 1 to 16384 pixels",
            from: converter(fixture.file("p")) { ($0.height, $0.width) = (0, 20_000) })
    }

    @Test func theOrderOfRowsIsThatOfTheNames() throws {
        let fixture = try ConvertingFixture()
        for index in 0..<150 {
            // The later ones are decoded faster.
            let side = index < 20 ? 200 : 1
            try fixture.write(
                ImageFixture.png(
                    height: side, width: side, channels: 1, [UInt8](repeating: UInt8(index), count: side * side)),
                to: String(format: "p/%03d.png", index))
        }
        let (file, _) = try fixture.convert(converter(fixture.file("p")) { ($0.height, $0.width) = (1, 1) })
        #expect(try file.dataset("/train/inputs").read(UInt8.self) == Array(0..<150))
    }

    @Test func splitsAreFoldersAbove() throws {
        let fixture = try ConvertingFixture()
        let image = ImageFixture.png(height: 1, width: 1, channels: 1, [7])
        for name in ["train/x/1.png", "train/y/1.png", "val/y/1.png", "test/y/1.png"] {
            try fixture.write(image, to: "p/" + name)
        }
        let (file, _) = try fixture.convert(converter(fixture.file("p")))
        #expect(
            try file.allDatasetPaths().filter { $0.hasSuffix("/inputs") }
                == ["/test/inputs", "/train/inputs", "/validation/inputs"])
        #expect(try file.dataset("/validation/targets").read(Int32.self) == [1])
        #expect(try file.dataset("/validation/file_names").readStrings() == ["val/y/1.png"])
        #expect(try file.dataset("/test/targets").attributes.strings("class_names") == ["x", "y"])
    }

    @Test func damagedImagesAreNamed() throws {
        let fixture = try ConvertingFixture()
        let jpeg = ImageFixture.jpeg
        let noise = (0..<128).map { UInt8(truncatingIfNeeded: $0 &* 91) }
        let image = ImageFixture.png(height: 8, width: 16, channels: 1, noise)
        try fixture.write(image, to: "p/a/0.png")
        let whole = converter(fixture.file("p")) { $0.skipsDamaged = true }
        for (bytes, sentence): ([UInt8], String) in [
            (jpeg.dropLast(10), "is damaged, or of a form that can't be decoded: it ends early"),
            (image.dropLast(60), "is damaged, or of a form that can't be decoded: it ends early"),
            (
                Array(jpeg[..<50]),
                "is no PNG, JPEG or WebP image, or its beginning is damaged; remove it or copy it again"
            ),
            ([], "is empty: an image has bytes; remove it or copy it again"),
            (
                Array("hello".utf8),
                "is a text, whatever its name says: it begins with 'hello'; remove it, or give it another ending"
            ),
        ] {
            try fixture.write(bytes, to: "p/a/1.jpg")
            fixture.expect(
                "@p/a/1.jpg \(sentence) (--skip-damaged leaves such files out)", from: converter(fixture.file("p")))
            let report = try whole.convert(to: ConversionTarget(file: fixture.file("out.h5"))) { _ in }
            #expect(try HDF5File.open(fixture.file("out.h5")).dataset("/train/inputs").shape == [1, 8, 16, 1])
            #expect(try HDF5File.open(fixture.file("out.h5")).dataset("/train/inputs").read(UInt8.self) == noise)
            #expect(report.notes[0] == "1 image was left out: \(fixture.file("p/a/1.jpg")) \(sentence)")
            try FileManager.default.removeItem(atPath: fixture.file("out.h5"))
        }
        // A small file that claims to be large.
        var bomb = image
        bomb.replaceSubrange(16..<24, with: [0, 1, 0, 0, 0, 1, 0, 0])
        try fixture.write(bomb, to: "p/a/1.jpg")
        fixture.expect(
            "@p/a/1.jpg has 65536×65536 pixels; more than 100 million are not decoded (--skip-damaged leaves such files "
                + "out)", from: converter(fixture.file("p")))
        try fixture.write([0x4D, 0x4D, 0, 0x2A, 0, 0, 0, 8], to: "p/a/1.jpg")
        fixture.expect(
            "@p/a/1.jpg is a TIFF image, which stormo does not read (--skip-damaged leaves such files out); make a PNG of it: "
                + "python3 -c 'import os; from PIL import Image; Image.open(\"@p/a/1.jpg\").save(\"@p/a/1.png\"); "
                + "os.rename(\"@p/a/1.jpg\", \"@p/a/1.jpg.original\")'", from: converter(fixture.file("p")))
        try fixture.write("", to: "q/file")
        fixture.expect(
            "@q holds no images (PNG, JPEG or WebP), neither beside each other nor in a folder for each class",
            from: converter(fixture.file("q")))
    }
}
