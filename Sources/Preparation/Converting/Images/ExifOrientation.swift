/// How a camera was held: the tag 0x0112 in the EXIF data of an image (EXIF 2.32, 4.6.4), which are a small TIFF file.
///
/// Of all that is in there only this changes what is seen, so it is looked up without a library.
enum ExifOrientation {
    /// What stands before the data in a JPEG's segment.
    static let prefix: [UInt8] = Array("Exif".utf8) + [0, 0]

    private static let tag = 0x0112
    /// A number of 16 bits.
    private static let short = 3

    /// - Parameter data: from the byte order on.
    /// - Returns: 1 to 8, as `stormo_image_turn` knows them; 1, as it is, where nothing or nonsense is said.
    static func of(_ data: UnsafeRawBufferPointer) -> Int {
        let isLittle: Bool
        if data.starts(with: [0x49, 0x49, 0x2A, 0x00]) {
            isLittle = true
        } else if data.starts(with: [0x4D, 0x4D, 0x00, 0x2A]) {
            isLittle = false
        } else {
            return 1
        }
        func number(_ offset: Int, _ count: Int) -> Int? {
            guard offset >= 0, offset <= data.count - count else { return nil }
            return (0..<count).reduce(0) { $0 << 8 | Int(data[offset + (isLittle ? count - 1 - $1 : $1)]) }
        }
        // The first directory: how many entries, then twelve bytes for each: tag, type, count, value.
        guard let directory = number(4, 4), let entries = number(directory, 2) else { return 1 }
        for index in 0..<entries {
            let entry = directory + 2 + 12 * index
            guard let own = number(entry, 2) else { return 1 }
            guard own == tag else { continue }
            guard number(entry + 2, 2) == short, number(entry + 4, 4) == 1, let value = number(entry + 8, 2),
                (1...8).contains(value)
            else { return 1 }
            return value
        }
        return 1
    }
}
