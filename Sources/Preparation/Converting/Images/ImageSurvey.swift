import Batches
internal import Dispatch
internal import Recipes
import Synchronization

/// What the headers of many images say together.
package struct ImageSurvey: Sendable {
    /// A size, and an image that has it.
    package struct Size: Sendable, Hashable {
        package let height: Int
        package let width: Int
        let path: String
    }

    package private(set) var count = 0
    /// Those that are luma alone.
    package private(set) var greys = 0
    /// Those of 16 bits a value.
    package private(set) var deep = 0
    /// The first of all, and the first that has another size; both as they are shown.
    package private(set) var first: Size?
    package private(set) var other: Size?
    /// All heights and widths, sorted.
    package private(set) var heights: [Int] = []
    package private(set) var widths: [Int] = []
    /// The files that are no images, or too large ones, by their position, with the sentence.
    private(set) var failures: [(Int, String)] = []

    /// Reads the beginning of each file, several at once.
    init(_ paths: [String]) throws {
        var headers = [ImageHeader?](repeating: nil, count: paths.count)
        let found = Mutex<[(Int, String)]>([])
        headers.withUnsafeMutableBufferPointer { buffer in
            // Each iteration has a range of its own.
            nonisolated(unsafe) let buffer = buffer
            let block = 32
            DispatchQueue.concurrentPerform(iterations: (paths.count + block - 1) / block) { part in
                for index in part * block..<min((part + 1) * block, paths.count) {
                    do {
                        buffer[index] = try ImageDecoder.read(paths[index]).header
                    } catch {
                        found.withLock { $0.append((index, "\(error)")) }
                    }
                }
            }
        }
        failures = found.withLock { $0.sorted { $0.0 < $1.0 } }
        for (path, header) in zip(paths, headers) {
            guard let header else { continue }
            count += 1
            if header.isGrey { greys += 1 }
            if header.bits == 16 { deep += 1 }
            let (height, width) = header.shown
            heights.append(height)
            widths.append(width)
            if let first {
                if other == nil, (first.height, first.width) != (height, width) {
                    other = Size(height: height, width: width, path: path)
                }
            } else {
                first = Size(height: height, width: width, path: path)
            }
        }
        heights.sort()
        widths.sort()
    }
}
