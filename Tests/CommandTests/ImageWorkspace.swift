import CImageWriters
import Foundation
import HDF5

/// The shipped digits as PNGs in a workspace: a folder for each class, and others that are kept for later.
struct ImageWorkspace {
    static let names = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]

    let workspace: Workspace
    /// The shipped digits, 8×8 values of 0 to 16.
    private let pixels: [UInt8]
    private let labels: [Int32]

    /// - Parameters:
    ///   - count: images in `digits`.
    init(_ count: Int) throws {
        workspace = try Workspace()
        let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../Datasets/digits.h5").path
        let file = try HDF5File.open(path)
        pixels = try file.dataset("/train/inputs").read(UInt8.self)
        labels = try file.dataset("/train/targets").read(Int32.self)
        for index in 0..<count { try write(index, to: "digits/\(name(index))/\(index).png") }
    }

    var path: String { workspace.path }

    /// What a digit is.
    func name(_ index: Int) -> String { Self.names[Int(labels[index])] }

    /// Writes a digit, grey or in colour, each of its pixels so many times wide.
    func write(_ index: Int, to name: String, scale: Int = 1, channels: Int = 1) throws {
        let side = 8 * scale
        var values: [UInt8] = []
        for y in 0..<side {
            for x in 0..<side {
                let value = min(Int(pixels[index * 64 + y / scale * 8 + x / scale]) * 16, 255)
                values += Array(repeating: UInt8(value), count: channels)
            }
        }
        var count = 0
        guard let bytes = write_png(values, Int32(side), Int32(side), Int32(channels), 8, false, &count) else { return }
        defer { free(bytes) }
        try write(Data(bytes: bytes, count: count), to: name)
    }

    func write(_ data: Data, to name: String) throws {
        let url = URL(fileURLWithPath: path + "/" + name)
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try data.write(to: url)
    }

    func remove(_ name: String) throws { try FileManager.default.removeItem(atPath: path + "/" + name) }
}
