import Batches

#if Images
    internal import CImages
    internal import Dispatch
    import Synchronization
    import Batches

    /// Decodes PNG and JPEG files to rows of bytes of one size, by libgd, several at once.
    struct ImageDecoder: Sendable {
        let height: Int
        let width: Int
        let isGrayscale: Bool

        /// Height, width, channels.
        var shape: [Int] { [height, width, isGrayscale ? 1 : 3] }
        private var rowBytes: Int { height * width * (isGrayscale ? 1 : 3) }

        /// What an image may have before it is decoded, which takes four bytes a pixel.
        static let mostPixels = 100_000_000

        private static let silence: Void = stormo_gd_silence()

        /// Decodes files in their order and hands them over in blocks.
        /// - Parameter take: gets the rows of a block, and the files of it that could not be decoded, by their position
        ///   among all, whose rows are then not to be used.
        /// - Throws: `DataError` for the first file that can't be decoded, unless damaged ones are skipped.
        func decode(
            _ paths: [String], skipsDamaged: Bool = false,
            take: (UnsafeRawBufferPointer, [(Int, String)]) throws -> Void
        ) throws {
            Self.silence
            let blockSize = min(64, max(1, (64 << 20) / rowBytes), paths.count)
            let buffer = try ByteBuffer(blockSize * rowBytes, for: "a block of images")
            // Each image has a part of the buffer of its own.
            nonisolated(unsafe) let base = buffer.bytes
            for start in stride(from: 0, to: paths.count, by: blockSize) {
                let block = paths[start..<min(start + blockSize, paths.count)]
                let failures = Mutex<[(Int, String)]>([])
                DispatchQueue.concurrentPerform(iterations: block.count) { index in
                    let row = UnsafeMutableRawBufferPointer(
                        rebasing: base[index * rowBytes..<(index + 1) * rowBytes])
                    do {
                        try decode(block[start + index], into: row)
                    } catch {
                        failures.withLock { $0.append((start + index, "\(error)")) }
                    }
                }
                let failed = failures.withLock { $0.sorted { $0.0 < $1.0 } }
                if let (_, sentence) = failed.first, !skipsDamaged {
                    throw DataError(sentence + "; repair or remove it, or say --skip-damaged")
                }
                try take(UnsafeRawBufferPointer(rebasing: base[..<(block.count * rowBytes)]), failed)
            }
        }

        /// A file and what it says of its size.
        static func read(_ path: String) throws -> (bytes: ByteBuffer, header: ImageHeader) {
            let bytes = try ByteSource(path).whole()
            guard let header = ImageHeader(UnsafeRawBufferPointer(bytes.bytes)), header.width > 0, header.height > 0
            else {
                throw DataError("\(path) is no PNG or JPEG image, or damaged")
            }
            guard header.width <= mostPixels / header.height else {
                throw DataError(
                    "\(path) has \(header.height)×\(header.width) pixels; more than \(mostPixels / 1_000_000) million "
                        + "are not decoded")
            }
            return (bytes, header)
        }

        private func decode(_ path: String, into row: UnsafeMutableRawBufferPointer) throws {
            let (bytes, header) = try Self.read(path)
            let damaged = DataError("\(path) is damaged: it can't be decoded")
            guard let size = Int32(exactly: bytes.count) else { throw damaged }
            let decoded =
                switch header.kind {
                case .png: gdImageCreateFromPngPtr(size, bytes.bytes.baseAddress)
                case .jpeg: gdImageCreateFromJpegPtrEx(size, bytes.bytes.baseAddress, 0)
                }
            guard let decoded else { throw damaged }
            defer { gdImageDestroy(decoded) }
            guard let image = gdImageCreateTrueColor(Int32(width), Int32(height)) else { throw damaged }
            defer { gdImageDestroy(image) }
            let (fromWidth, fromHeight) = (decoded.pointee.sx, decoded.pointee.sy)
            gdImageFilledRectangle(image, 0, 0, Int32(width) - 1, Int32(height) - 1, 0xFFFFFF)
            if Int(fromWidth) == width, Int(fromHeight) == height {
                gdImageCopy(image, decoded, 0, 0, 0, 0, fromWidth, fromHeight)
            } else {
                gdImageCopyResampled(
                    image, decoded, 0, 0, 0, 0, Int32(width), Int32(height), fromWidth, fromHeight)
            }
            guard let lines = image.pointee.tpixels else { throw damaged }
            var place = 0
            for y in 0..<height {
                guard let line = lines[y] else { throw damaged }
                for x in 0..<width {
                    let pixel = UInt32(bitPattern: line[x])
                    let (red, green, blue) = ((pixel >> 16) & 0xFF, (pixel >> 8) & 0xFF, pixel & 0xFF)
                    if isGrayscale {
                        // ITU-R BT.601's luma, rounded.
                        row[place] = UInt8((red * 19595 + green * 38470 + blue * 7471 + 0x8000) >> 16)
                        place += 1
                    } else {
                        row[place] = UInt8(red)
                        row[place + 1] = UInt8(green)
                        row[place + 2] = UInt8(blue)
                        place += 3
                    }
                }
            }
        }
    }
#endif
