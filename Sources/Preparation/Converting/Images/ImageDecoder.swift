import Batches
internal import CImages
internal import Dispatch
import Machine
internal import Recipes
import Synchronization

/// Decodes PNG, JPEG and WebP files to rows as a recipe wants them, several at once and in their order.
struct ImageDecoder: Sendable {
    let recipe: ImageRecipe

    /// What an image may have before it is decoded.
    static let mostPixels = 100_000_000
    /// What a file may have before it is read.
    private static let mostBytes = 1 << 30
    /// Images of more pixels are decoded one at a time, so that their memory does not grow with the number of CPUs.
    private static let largePixels = 8_000_000
    private static let large = Mutex<Void>(())

    /// Decodes files in their order and hands them over in blocks.
    /// - Parameter take: gets the rows of a block, and the files of it that could not be decoded, by their position
    ///   among all, whose rows are then not to be used.
    /// - Throws: `DataError` for the first file that can't be decoded, unless damaged ones are skipped.
    func decode(
        _ paths: [String], skipsDamaged: Bool = false,
        take: (UnsafeRawBufferPointer, [(Int, String)]) throws -> Void
    ) throws {
        let rowBytes = recipe.rowBytes
        let blockSize = min(64, max(1, (64 << 20) / rowBytes), paths.count)
        let buffer = try ByteBuffer(blockSize * rowBytes, for: "a block of images")
        // Each image has a part of the buffer of its own.
        nonisolated(unsafe) let base = buffer.bytes
        for start in stride(from: 0, to: paths.count, by: blockSize) {
            let block = paths[start..<min(start + blockSize, paths.count)]
            let failures = Mutex<[(Int, String)]>([])
            DispatchQueue.concurrentPerform(iterations: block.count) { index in
                let row = UnsafeMutableRawBufferPointer(rebasing: base[index * rowBytes..<(index + 1) * rowBytes])
                do {
                    try decode(block[start + index], into: row)
                } catch {
                    failures.withLock { $0.append((start + index, "\(error)")) }
                }
            }
            let failed = failures.withLock { $0.sorted { $0.0 < $1.0 } }
            if let (_, sentence) = failed.first, !skipsDamaged { throw DataError(sentence) }
            try take(UnsafeRawBufferPointer(rebasing: base[..<(block.count * rowBytes)]), failed)
        }
    }

    /// A file and what it says of its image.
    /// - Throws: `DataError` and `FileError` for what is no image that can be decoded.
    static func read(_ path: String) throws -> (bytes: ByteBuffer, header: ImageHeader) {
        let source = try ByteSource(path)
        guard source.count > 0 else {
            throw DataError("\(path) is empty: an image has bytes; remove it or copy it again")
        }
        guard source.count <= mostBytes else {
            throw DataError("\(path) has \(source.count >> 20) MiB; image files of more than 1 GiB are not read")
        }
        let bytes = try source.whole()
        let raw = UnsafeRawBufferPointer(bytes.bytes)
        guard let header = ImageHeader(raw) else {
            if let foreign = ForeignImage(raw) { throw DataError("\(path) \(foreign.advice(path))") }
            throw DataError(
                text(raw).map {
                    "\(path) is a text, whatever its name says: it begins with '\($0)'; remove it, or give it another ending"
                } ?? "\(path) is no PNG, JPEG or WebP image, or its beginning is damaged; remove it or copy it again")
        }
        guard header.width <= mostPixels / header.height else {
            throw DataError(
                "\(path) has \(header.height)×\(header.width) pixels; more than \(mostPixels / 1_000_000) million "
                    + "are not decoded")
        }
        guard !header.isAnimated else {
            throw DataError(
                "\(path) is an animation; make a PNG of its first image: \(ForeignImage.line(path))")
        }
        return (bytes, header)
    }

    /// The beginning of what is ASCII throughout its first bytes; nil for anything else.
    private static func text(_ bytes: UnsafeRawBufferPointer) -> String? {
        let start = bytes.prefix(256)
        guard start.allSatisfy({ (0x20..<0x7F).contains($0) || [0x09, 0x0A, 0x0D].contains($0) }) else { return nil }
        return String(decoding: start.prefix(20).prefix { $0 >= 0x20 }, as: UTF8.self)
    }

    /// Decodes one file.
    /// - Parameter row: `recipe.rowBytes` bytes.
    func decode(_ path: String, into row: UnsafeMutableRawBufferPointer) throws {
        let (bytes, header) = try Self.read(path)
        if header.width * header.height > Self.largePixels {
            try checkMemory(header, path)
            try Self.large.withLock { _ in try decode(bytes, header, path, into: row) }
        } else {
            try decode(bytes, header, path, into: row)
        }
    }

    /// Sees that a large image can be decoded, rather than find out by being ended.
    private func checkMemory(_ header: ImageHeader, _ path: String) throws {
        // Its pixels, twice where it is turned; of a JPEG the coefficients of three channels too.
        let ofPixel =
            recipe.channels * recipe.bits / 8 * (header.orientation > 1 ? 2 : 1) + (header.kind == .jpeg ? 6 : 0)
        let needed = header.width * header.height * ofPixel
        guard needed <= AvailableMemory.bytes else {
            throw DataError(
                "\(path) has \(header.height)×\(header.width) pixels, which may take \(ByteCount(needed)) to decode, and the process "
                    + "may use \(ByteCount(AvailableMemory.bytes)); make it smaller")
        }
    }

    private func decode(
        _ bytes: ByteBuffer, _ header: ImageHeader, _ path: String, into row: UnsafeMutableRawBufferPointer
    ) throws {
        let isInPlace = (header.height, header.width) == (recipe.height, recipe.width) && header.orientation == 1
        guard !isInPlace else { return try pixels(bytes, header, path, into: row) }
        let pixelBytes = recipe.channels * recipe.bits / 8
        var image = try ByteBuffer(header.width * header.height * pixelBytes, for: path)
        try pixels(bytes, header, path, into: image.bytes)
        if header.orientation > 1 {
            let turned = try ByteBuffer(image.count, for: path)
            stormo_image_turn(
                image.bytes.baseAddress, Int32(header.width), Int32(header.height), pixelBytes,
                Int32(header.orientation), turned.bytes.baseAddress)
            image = turned
        }
        let (height, width) = header.shown
        let fit = ImageFit(recipe, height: height, width: width)
        let stride = recipe.width * pixelBytes
        if (fit.height, fit.width) != (recipe.height, recipe.width) {
            row.initializeMemory(as: UInt8.self, repeating: 0)
        }
        guard
            stormo_image_resize(
                image.bytes.baseAddress, Int32(width), Int32(height), Int32(recipe.channels), Int32(recipe.bits),
                fit.left, fit.top, fit.right, fit.bottom,
                row.baseAddress.map { $0 + fit.y * stride + fit.x * pixelBytes },
                Int32(fit.width), Int32(fit.height), stride)
        else { throw DataError("\(path) can't be resized: there is not enough memory") }
    }

    /// The pixels as they are stored, in the recipe's channels and depth.
    private func pixels(
        _ bytes: ByteBuffer, _ header: ImageHeader, _ path: String, into memory: UnsafeMutableRawBufferPointer
    ) throws {
        var image = stormo_image()
        (image.width, image.height) = (Int32(header.width), Int32(header.height))
        (image.channels, image.depth) = (Int32(recipe.channels), Int32(recipe.bits))
        image.pixels = memory.baseAddress
        let start = bytes.bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
        let isWhole =
            switch header.kind {
            case .png: stormo_png_decode(start, bytes.count, &image)
            case .jpeg: stormo_jpeg_decode(start, bytes.count, &image)
            case .webp: stormo_webp_decode(start, bytes.count, &image)
            }
        guard !isWhole else { return }
        let reason = withUnsafeBytes(of: &image.message) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        throw DataError("\(path) is damaged, or of a form that can't be decoded: \(reason)")
    }
}
