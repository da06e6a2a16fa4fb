import Batches
import Testing

@testable import Preparation

struct ImageListTests {
    let fixture: ConvertingFixture

    init() throws { fixture = try ConvertingFixture() }

    private func make(_ names: String...) throws {
        for name in names { try fixture.write([1], to: name) }
    }

    private func expect(_ sentence: String, of folder: String) {
        let error = #expect(throws: DataError.self) { try ImageList(folder: fixture.file(folder)) }
        #expect((error?.description ?? "").replacingOccurrences(of: fixture.path + "/", with: "@") == sentence)
    }

    @Test func foldersAreClasses() throws {
        try make("p/cat/b.png", "p/cat/a.JPG", "p/ant/x.webp", "p/cat/.hidden.png", "p/cat/notes.txt", "p/lone.png")
        try make("p/cat/more/c.png", "p/ant/t.tif")
        let list = try ImageList(folder: fixture.file("p"))
        #expect(list.classNames == ["ant", "cat"])
        #expect(list.splits.map(\.name) == [nil])
        #expect(list.images.map(\.name) == ["ant/t.tif", "ant/x.webp", "cat/a.JPG", "cat/b.png"])
        #expect(list.images.map(\.label) == [0, 0, 1, 1])
        #expect(list.images[1].path == fixture.file("p/ant/x.webp"))
        #expect(
            list.notes.map { $0.replacingOccurrences(of: fixture.path + "/", with: "@") } == [
                "1 file is no image by the ending and was left out: @p/cat/notes.txt",
                "1 file is beside the folders of the classes and was left out: @p/lone.png",
                "1 folder inside those of the classes was not looked into, such as @p/cat/more",
            ])
    }

    @Test func foldersOfSplitsStandAbove() throws {
        try make("p/train/x/1.png", "p/train/y/1.png", "p/val/y/1.png", "p/test/y/1.png")
        let list = try ImageList(folder: fixture.file("p"))
        #expect(list.splits.map(\.name) == ["train", "validation", "test"])
        #expect(list.splits[1].images.map(\.name) == ["val/y/1.png"])
        #expect(list.splits[1].images.map(\.label) == [1])
        try make("p/validation/y/1.png")
        expect("@p has two folders for the same split: test, train, val, validation", of: "p")
    }

    @Test func imagesAloneHaveNoLabels() throws {
        try make("q/b.png", "q/a.png", "q/readme.md")
        let list = try ImageList(folder: fixture.file("q"))
        #expect(list.classNames == nil)
        #expect(list.images.map(\.name) == ["a.png", "b.png"])
        #expect(list.images.allSatisfy { $0.label == nil })
        #expect(ImageList(files: ["x/a.png", "b.png"]).images.map(\.name) == ["x/a.png", "b.png"])
    }

    @Test func foldersWithoutImagesAreNamed() throws {
        try make("q/file", "r/cat/1.png", "r/dog/.keep", "s/cat/a.txt")
        expect(
            "@q holds no images (PNG, JPEG or WebP), neither beside each other nor in a folder for each class", of: "q")
        expect(
            "@r/dog holds no images (PNG, JPEG or WebP), and a folder stands for a class; put some into it, or remove it",
            of: "r")
        expect("@s holds no images (PNG, JPEG or WebP) in folders of classes", of: "s")
        expect("@none is no folder", of: "none")
    }
}
