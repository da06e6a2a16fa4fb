import Foundation
import HDF5
import Testing

@testable import Preparation

#if Images
    struct ImageFolderConverterTests {
        private func converter(_ path: String, change: (inout ImageOptions) -> Void = { _ in }) -> ImageFolderConverter
        {
            var options = ImageOptions()
            change(&options)
            return ImageFolderConverter(path, options: options)
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
            #expect(values[36..<42] == [9, 9, 9, 255, 255, 255])
            #expect((125...129).contains(values[42]))
            let targets = try file.dataset("/train/targets")
            #expect(try targets.read(Int32.self) == [0, 1, 1])
            #expect(try targets.attributes.strings("class_names") == ["ant", "cat"])
            #expect(
                report.notes == [
                    "1 file is no PNG or JPEG by the ending and left out, such as \(fixture.file("p/cat/notes.txt"))"
                ])
            let (gray, _) = try fixture.convert(converter(fixture.file("p")) { $0.isGrayscale = true })
            let grays = try gray.dataset("/train/inputs").read(UInt8.self)
            #expect(grays[6..<9] == [76, 150, 29])
            #expect(grays[..<6] == [0, 1, 2, 3, 4, 255])
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
            #expect(values[..<6] == [50, 50, 50, 25, 25, 25])
            for (value, expected) in zip(values[6...], [200, 100, 50, 32, 80, 160]) {
                #expect(abs(value - expected) < 12)
            }
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
            #expect(try file.dataset("/test/targets").attributes.strings("class_names") == ["x", "y"])
        }

        @Test func damagedImagesAreNamed() throws {
            let fixture = try ConvertingFixture()
            let jpeg = ImageFixture.jpeg
            let image = ImageFixture.png(height: 8, width: 16, channels: 1, Array(repeating: 7, count: 128))
            try fixture.write(image, to: "p/a/0.png")
            let whole = converter(fixture.file("p")) { $0.skipsDamaged = true }
            for bytes in [
                Array(jpeg.dropLast(60)), Array(image.dropLast(60)), Array(jpeg[..<50]), [], Array("hello".utf8),
            ] {
                try fixture.write(bytes, to: "p/a/1.jpg")
                let isImage = bytes.count > 100
                fixture.expect(
                    isImage
                        ? "@p/a/1.jpg is damaged: it can't be decoded; repair or remove it, or say --skip-damaged"
                        : "@p/a/1.jpg is no PNG or JPEG image, or damaged", from: converter(fixture.file("p")))
                _ = try whole.convert(to: ConversionTarget(file: fixture.file("out.h5"))) { _ in }
                #expect(try HDF5File.open(fixture.file("out.h5")).dataset("/train/inputs").shape == [1, 8, 16, 3])
                try FileManager.default.removeItem(atPath: fixture.file("out.h5"))
            }
            // A small file that claims to be large.
            var bomb = image
            bomb.replaceSubrange(16..<24, with: [0, 1, 0, 0, 0, 1, 0, 0])
            try fixture.write(bomb, to: "p/a/1.jpg")
            fixture.expect(
                "@p/a/1.jpg has 65536×65536 pixels; more than 100 million are not decoded",
                from: converter(fixture.file("p")))
            try fixture.write("", to: "q/file")
            fixture.expect(
                "@q has no folders in it; images are taken from a folder that has one folder for each class",
                from: converter(fixture.file("q")))
        }
    }
#else
    struct ImageFolderConverterTests {
        @Test func withoutTheTraitItSaysHowToGetIt() throws {
            let fixture = try ConvertingFixture()
            fixture.expect(
                "@p: this build of Stormo can't decode images; install libgd (libgd-dev) and build it again with "
                    + "'swift build -c release --traits Images'", from: ImageFolderConverter(fixture.file("p")))
        }
    }
#endif
