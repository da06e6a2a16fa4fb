import TestSupport
import Testing

@testable import HDF5

struct HDF5GroupTests {
    let directory: TestDirectory
    let file: HDF5File

    init() throws {
        directory = try TestDirectory()
        file = try HDF5File.create(directory.file())
    }

    @Test func pathsAreRelativeToTheGroupOrAbsolute() throws {
        let layer = try file.root.createGroup("model_weights/dense")
        #expect(layer.path == "/model_weights/dense")
        #expect(
            try layer.createDataset("dense/kernel:0", .float32, shape: [2]).path
                == "/model_weights/dense/dense/kernel:0")
        #expect(try layer.dataset("dense//./kernel:0").shape == [2])
        #expect(try layer.group("/model_weights").path == "/model_weights")
        #expect(try file.group("model_weights").children().map(\.name) == ["dense"])
        #expect(try file.group("/").path == "/")
    }

    @Test func childrenAreSorted() throws {
        for name in ["c", "a", "è"] { try file.root.createGroup(name) }
        try file.root.createDataset("b", .int8, shape: [])
        let children = try file.root.children()
        #expect(children.map(\.name) == ["a", "b", "c", "è"])
        #expect(children.map(\.kind) == [.group, .dataset, .group, .group])
    }

    @Test func whatIsThereIsNotMadeAgain() throws {
        try file.root.createDataset("a/x", .int8, shape: [1])
        let path = file.path
        var error = #expect(throws: HDF5Error.self) { try file.root.createGroup("a") }
        #expect(error?.description == "cannot create '/a' in \(path): a group of that name is there already")
        error = #expect(throws: HDF5Error.self) { try file.root.createDataset("a/x", .int8, shape: [1]) }
        #expect(error?.description == "cannot create '/a/x' in \(path): a dataset of that name is there already")
        error = #expect(throws: HDF5Error.self) { try file.root.createGroup("a/x/y") }
        #expect(error?.description == "cannot create '/a/x/y' in \(path): '/a/x' is a dataset, not a group")
        error = #expect(throws: HDF5Error.self) { try file.root.createGroup("/") }
        #expect(error?.kind == .invalidArgument)
        error = #expect(throws: HDF5Error.self) { try file.root.createGroup("q\0r") }
        #expect(error?.kind == .invalidArgument)
    }

    @Test(
        arguments: [
            ([-1], nil, nil, "the shape [-1] has a negative size"),
            ([Int.max, 4], nil, nil, "has more elements than a computer can count"),
            (Array(repeating: 1, count: 33), nil, nil, "it has 33 axes; HDF5 allows at most 32"),
            ([4, 4], [4], nil, "the chunk [4] does not fit the shape [4, 4]"),
            ([4, 4], [5, 1], nil, "the chunk [5, 1] does not fit the shape [4, 4]"),
            ([4, 4], [0, 1], nil, "the chunk [0, 1] does not fit the shape [4, 4]"),
            ([1 << 33], [1 << 32], nil, "HDF5's limit is 4 GiB"),
            ([4], nil, 10, "the gzip level is 10; it goes from 0 to 9"),
        ] as [([Int], [Int]?, Int?, String)])
    func impossibleDatasets(shape: [Int], chunk: [Int]?, gzip: Int?, words: String) throws {
        let error = #expect(throws: HDF5Error.self) {
            try file.root.createDataset("x", .uint8, shape: shape, chunk: chunk, gzip: gzip)
        }
        #expect(error?.description.contains(words) == true, "\(String(describing: error))")
        #expect(try !file.exists("/x"))
    }

    @Test func typesThatCanNotBeMade() throws {
        for type in [HDF5ElementType.compound, .enumeration(base: .int8), .other("bits")] {
            let error = #expect(throws: HDF5Error.self) { try file.root.createDataset("x", type, shape: [1]) }
            #expect(error?.reason == "a dataset of type \(type) can be read, but not made")
        }
    }

    @Test func aFilterWithoutChunksGetsRowsOfAboutOneMebibyte() throws {
        func chunk(_ shape: [Int]) throws -> HDF5Layout {
            let extent = try Extent(shape, Place(file: "f"), "create")
            return .chunked(extent.defaultChunk(elementSize: 4))
        }
        #expect(try chunk([60000, 28, 28]) == .chunked([334, 28, 28]))
        #expect(try chunk([10]) == .chunked([10]))
        #expect(try chunk([8, 1024, 1024]) == .chunked([1, 256, 1024]))
        let dataset = try file.root.createDataset("x", .float32, shape: [8, 1024, 1024], gzip: 1)
        #expect(dataset.layout == .chunked([1, 256, 1024]))
        #expect(try file.root.createDataset("empty", .float32, shape: [0, 3], gzip: 1).layout == .contiguous)
    }
}
