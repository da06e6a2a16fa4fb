internal import CImages

/// What an image file says of itself, read before the image is decoded: a small file can claim a huge image.
struct ImageHeader {
    enum Kind { case png, jpeg, webp }

    let kind: Kind
    /// Pixels as they are stored, before the image is turned.
    let width: Int
    let height: Int
    /// As EXIF counts it, 1 to 8; 1 where nothing is said, or nonsense.
    private(set) var orientation = 1
    /// Whether there is luma alone, with or without opacity.
    private(set) var isGrey = false
    /// Bits of a value, 8 or 16.
    private(set) var bits = 8
    private(set) var isAnimated = false

    /// The size as it is shown.
    var shown: (height: Int, width: Int) { orientation >= 5 ? (width, height) : (height, width) }

    /// - Returns: nil where the bytes are no PNG, JPEG or WebP, or end before its size.
    init?(_ bytes: UnsafeRawBufferPointer) {
        if bytes.starts(with: Self.png) {
            self.init(png: bytes)
        } else if bytes.starts(with: [0xFF, 0xD8, 0xFF]) {
            self.init(jpeg: bytes)
        } else if bytes.count >= 16, bytes.starts(with: "RIFF".utf8), bytes[8..<12].elementsEqual("WEBP".utf8) {
            self.init(webp: bytes)
        } else {
            return nil
        }
        guard width > 0, height > 0 else { return nil }
    }

    private static let png: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

    private static func big(_ bytes: UnsafeRawBufferPointer, _ offset: Int, _ count: Int) -> Int {
        (0..<count).reduce(0) { $0 << 8 | Int(bytes[offset + $1]) }
    }

    /// Chunks of a length, a name, so many bytes and a checksum; the first is IHDR.
    private init?(png bytes: UnsafeRawBufferPointer) {
        guard bytes.count >= 26, bytes[12..<16].elementsEqual("IHDR".utf8) else { return nil }
        (kind, width, height) = (.png, Self.big(bytes, 16, 4), Self.big(bytes, 20, 4))
        bits = bytes[24] == 16 ? 16 : 8
        // Colour types 0 and 4; a palette is of colours.
        isGrey = bytes[25] & 3 == 0
        var place = 8
        while place + 8 <= bytes.count {
            let length = Self.big(bytes, place, 4)
            guard length <= bytes.count - place - 8 else { return }
            let data = UnsafeRawBufferPointer(rebasing: bytes[place + 8..<place + 8 + length])
            if bytes[place + 4..<place + 8].elementsEqual("eXIf".utf8) {
                orientation = ExifOrientation.of(data)
                return
            }
            place += 12 + length
        }
    }

    /// Segment by segment to the one that begins a frame.
    private init?(jpeg bytes: UnsafeRawBufferPointer) {
        var (place, turned): (Int, Int?) = (2, nil)
        while place + 10 <= bytes.count, bytes[place] == 0xFF {
            let marker = bytes[place + 1]
            switch marker {
            case 0xFF: place += 1
            case 0x01, 0xD0...0xD7: place += 2
            case 0xC0...0xCF where marker != 0xC4 && marker != 0xC8 && marker != 0xCC:
                (kind, height, width) = (.jpeg, Self.big(bytes, place + 5, 2), Self.big(bytes, place + 7, 2))
                isGrey = bytes[place + 9] == 1
                orientation = turned ?? 1
                return
            case 0xD9, 0xDA: return nil
            default:
                let length = Self.big(bytes, place + 2, 2)
                let end = place + 2 + length
                if marker == 0xE1, turned == nil, length >= 8, end <= bytes.count,
                    bytes[place + 4..<place + 10].elementsEqual(ExifOrientation.prefix)
                {
                    turned = ExifOrientation.of(UnsafeRawBufferPointer(rebasing: bytes[place + 10..<end]))
                }
                place = end
            }
        }
        return nil
    }

    /// Chunks of a name, a length in little-endian order and so many bytes, to an even number.
    private init?(webp bytes: UnsafeRawBufferPointer) {
        var (own, ownHeight): (Int32, Int32) = (0, 0)
        var moves = false
        guard
            stormo_webp_header(
                bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), bytes.count, &own, &ownHeight, &moves)
        else { return nil }
        (kind, width, height, isAnimated) = (.webp, Int(own), Int(ownHeight), moves)
        var place = 12
        while place + 8 <= bytes.count {
            let length = (0..<4).reduce(0) { $0 | Int(bytes[place + 4 + $1]) << (8 * $1) }
            guard length <= bytes.count - place - 8 else { return }
            if bytes[place..<place + 4].elementsEqual("EXIF".utf8) {
                var data = bytes[place + 8..<place + 8 + length]
                // Some write the mark of a JPEG's segment too.
                if data.starts(with: ExifOrientation.prefix) { data = data.dropFirst(ExifOrientation.prefix.count) }
                orientation = ExifOrientation.of(UnsafeRawBufferPointer(rebasing: data))
                return
            }
            place += 8 + length + length % 2
        }
    }
}
