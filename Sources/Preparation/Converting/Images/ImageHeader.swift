/// What the first bytes of an image file say, read before the image is decoded: a small file can claim a huge one.
struct ImageHeader {
    enum Kind { case png, jpeg }

    let kind: Kind
    let width: Int
    let height: Int

    /// - Returns: nil where the bytes are no PNG or JPEG, or end before its size.
    init?(_ bytes: UnsafeRawBufferPointer) {
        func number(_ offset: Int, _ count: Int) -> Int {
            (0..<count).reduce(0) { $0 << 8 | Int(bytes[offset + $1]) }
        }
        let png: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
        if bytes.starts(with: png) {
            guard bytes.count >= 24 else { return nil }
            (kind, width, height) = (.png, number(16, 4), number(20, 4))
            return
        }
        guard bytes.starts(with: [0xFF, 0xD8, 0xFF]) else { return nil }
        // Segment by segment to the one that begins a frame.
        var place = 2
        while place + 9 <= bytes.count, bytes[place] == 0xFF {
            let marker = bytes[place + 1]
            switch marker {
            case 0xFF: place += 1
            case 0x01, 0xD0...0xD7: place += 2
            case 0xC0...0xCF where marker != 0xC4 && marker != 0xC8 && marker != 0xCC:
                (kind, height, width) = (.jpeg, number(place + 5, 2), number(place + 7, 2))
                return
            case 0xD9, 0xDA: return nil
            default: place += 2 + number(place + 2, 2)
            }
        }
        return nil
    }
}
