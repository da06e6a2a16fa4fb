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
    /// Those whose header says that they have colours.
    private(set) var coloured: [String] = []
    /// The files that are no images, or too large ones, by their position, with the sentence.
    private(set) var failures: [(Int, String)] = []
    /// What was left out, in a sentence; nil for nothing.
    package private(set) var leftOut: String?

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
            if header.isGrey { greys += 1 } else { coloured.append(path) }
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
        damaged = failures.map { (paths[$0.0], $0.1) }
    }

    private var damaged: [(path: String, sentence: String)] = []

    /// Notes files that are no images as left out, or refuses the first of them.
    /// - Throws: `DataError` for such a file that is not to be left out, and where nothing else is there.
    /// - Parameter others: what is said of what was left out before.
    mutating func refuseDamaged(unless skips: Bool, besides others: String? = nil) throws {
        leftOut = others
        guard let first = damaged.first else { return }
        guard skips else { throw DataError(ImageConverter.offer("--skip-damaged", first.sentence)) }
        guard count > 0 else { throw DataError("none of \(damaged.count) images can be decoded: \(first.sentence)") }
        leftOut = [others, ImageConverter.note(leftOut: damaged)].compactMap { $0 }.joined(separator: "; ")
    }

    /// Whether images hold colours, whatever their headers say: grey ones are often stored as red, green and blue.
    /// - Returns: the first one with a colour, of those whose headers say so; nil where they are grey. Of very many,
    ///   `mostLooked` are decoded, evenly taken.
    package func firstWithColours() throws -> String? {
        let step = max(1, coloured.count / Self.mostLooked)
        let looked = stride(from: 0, to: coloured.count, by: step).map { coloured[$0] }
        var (found, start): (String?, Int) = (nil, 0)
        // Small pictures, in which a part that has a colour still differs.
        let decoder = ImageDecoder(recipe: ImageRecipe(height: Self.side, width: Self.side, channels: 3))
        let block = 64
        while found == nil, start < looked.count {
            let own = Array(looked[start..<min(start + block, looked.count)])
            try decoder.decode(own, skipsDamaged: true) { rows, failures in
                let damaged = Set(failures.map(\.0))
                for index in own.indices where found == nil && !damaged.contains(index) {
                    let row = rows[index * decoder.recipe.rowBytes..<(index + 1) * decoder.recipe.rowBytes]
                    if Self.hasColour(row) { found = own[index] }
                }
            }
            start += block
        }
        return found
    }

    private static let mostLooked = 2000
    private static let side = 16
    /// JPEG's rounding makes less of grey.
    private static let leastDifference = 4

    private static func hasColour(_ row: Slice<UnsafeRawBufferPointer>) -> Bool {
        stride(from: row.startIndex, to: row.endIndex, by: 3).contains { place in
            let (red, green, blue) = (row[place], row[place + 1], row[place + 2])
            return Int(max(red, green, blue)) - Int(min(red, green, blue)) >= leastDifference
        }
    }
}
