import Batches

/// The members of a ZIP archive, stored or deflated, of any size (PKWARE's APPNOTE 6.3).
struct ZIPArchive {
    struct Member {
        let name: String
        let method: Int
        let packedSize: Int
        let size: Int
        let checksum: UInt32
        /// Where the member's own header stands.
        let offset: Int
        let isEncrypted: Bool
    }

    let source: ByteSource
    private(set) var members: [Member] = []

    /// Reads the central directory.
    init(_ source: ByteSource) throws {
        self.source = source
        let tail = try source.bytes(max(0, source.count - 65_557)..<source.count)
        // From the end, as a comment may stand behind the record.
        guard
            let end = (0...max(0, tail.count - 22)).reversed().first(where: {
                tail.count >= 22 && Self.number(tail, $0, 4) == 0x0605_4B50
            })
        else {
            throw DataError(
                "\(source.name) is no whole ZIP archive: its directory is missing; copy, download or make it again")
        }
        var count = Self.number(tail, end + 10, 2)
        var size = Self.number(tail, end + 12, 4)
        var start = Self.number(tail, end + 16, 4)
        if end >= 20, Self.number(tail, end - 20, 4) == 0x0706_4B50 {
            let place = Self.number(tail, end - 12, 8)
            guard place <= source.count - 56 else { throw damaged() }
            let large = try source.bytes(place..<place + 56)
            guard Self.number(large, 0, 4) == 0x0606_4B50 else { throw damaged() }
            count = Self.number(large, 32, 8)
            size = Self.number(large, 40, 8)
            start = Self.number(large, 48, 8)
        }
        guard start <= source.count, size <= source.count - start, size <= 64 << 20 else { throw damaged() }
        let directory = try source.bytes(start..<start + size)
        var position = 0
        for _ in 0..<count {
            guard position + 46 <= directory.count, Self.number(directory, position, 4) == 0x0201_4B50 else {
                throw damaged()
            }
            let (name, extra) = (Self.number(directory, position + 28, 2), Self.number(directory, position + 30, 2))
            let next = position + 46 + name + extra + Self.number(directory, position + 32, 2)
            guard next <= directory.count else { throw damaged() }
            members.append(try member(directory, position, nameLength: name, extraLength: extra))
            position = next
        }
    }

    private func member(_ bytes: [UInt8], _ start: Int, nameLength: Int, extraLength: Int) throws -> Member {
        var size = Self.number(bytes, start + 24, 4)
        var packedSize = Self.number(bytes, start + 20, 4)
        var offset = Self.number(bytes, start + 42, 4)
        var extra = start + 46 + nameLength
        let end = extra + extraLength
        while extra + 4 <= end {
            let (kind, length) = (Self.number(bytes, extra, 2), Self.number(bytes, extra + 2, 2))
            guard extra + 4 + length <= end else { throw damaged() }
            if kind == 1 {
                // Eight bytes for each of the sizes that did not fit, in this order.
                var place = extra + 4
                let last = place + length
                func take(_ value: inout Int) throws {
                    guard value == 0xFFFF_FFFF else { return }
                    guard place + 8 <= last else { throw damaged() }
                    value = Self.number(bytes, place, 8)
                    place += 8
                }
                try take(&size)
                try take(&packedSize)
                try take(&offset)
            }
            extra += 4 + length
        }
        return Member(
            name: UTF8Text.name(bytes[start + 46..<start + 46 + nameLength]).text,
            method: Self.number(bytes, start + 10, 2), packedSize: packedSize, size: size,
            checksum: UInt32(truncatingIfNeeded: Self.number(bytes, start + 16, 4)), offset: offset,
            isEncrypted: Self.number(bytes, start + 8, 2) & 1 == 1)
    }

    /// The contents of a member, decompressed, after a look at its checksum.
    func open(_ member: Member) throws -> ByteSource {
        let name = "\(source.name): \(member.name)"
        guard !member.isEncrypted else { throw DataError("\(name) is encrypted; save the archive without a password") }
        guard member.offset <= source.count - 30 else { throw damaged() }
        let header = try source.bytes(member.offset..<member.offset + 30)
        guard Self.number(header, 0, 4) == 0x0403_4B50 else { throw damaged() }
        let start = member.offset + 30 + Self.number(header, 26, 2) + Self.number(header, 28, 2)
        guard start <= source.count, member.packedSize <= source.count - start else { throw damaged() }
        let packed = try source.part(start..<start + member.packedSize, name: name)
        let contents: ByteSource
        switch member.method {
        case 0:
            guard member.size == member.packedSize else { throw damaged() }
            contents = packed
        case 8: contents = try Inflate.inflate(packed, size: member.size)
        default:
            throw DataError(
                "\(name) is compressed by a method that is not known (\(member.method)); save it again with numpy")
        }
        guard try Inflate.checksum(contents) == member.checksum else { throw Inflate.damaged(name) }
        return contents
    }

    /// A number of little-endian bytes; one that no Int holds becomes the largest.
    private static func number(_ bytes: [UInt8], _ start: Int, _ count: Int) -> Int {
        var value: UInt64 = 0
        for index in (0..<count).reversed() { value = value << 8 | UInt64(bytes[start + index]) }
        return Int(clamping: value)
    }

    private func damaged() -> DataError {
        DataError("\(source.name) is damaged: its directory makes no sense; copy, download or make it again")
    }
}
