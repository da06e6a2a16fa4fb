/// The order of the bytes within an element and, after the shuffle filter, within a chunk.
enum ByteOrder {
    /// Undoes the shuffle filter, which puts the first bytes of all elements before all the second bytes, and so on.
    /// Bytes after the last whole element were left where they stood.
    ///
    /// - Parameter swapped: whether each element's bytes are to be reversed, too.
    static func unshuffle(
        _ source: UnsafeRawPointer, into target: UnsafeMutableRawPointer, byteCount: Int, elementSize: Int,
        swapped: Bool
    ) {
        let count = byteCount / elementSize
        switch elementSize {
        case 2: join2(source, target, count, swapped)
        case 4: join4(source, target, count, swapped)
        case 8: join8(source, target, count, swapped)
        default:
            let source = source.assumingMemoryBound(to: UInt8.self)
            let bytes = target.assumingMemoryBound(to: UInt8.self)
            for plane in 0..<elementSize {
                let place = swapped ? elementSize - 1 - plane : plane
                for index in 0..<count { bytes[index &* elementSize &+ place] = source[plane &* count &+ index] }
            }
        }
        let rest = byteCount - count * elementSize
        if rest > 0 {
            let done = count * elementSize
            (target + done).copyMemory(from: source + done, byteCount: rest)
        }
    }

    /// Reverses the bytes of each element of 1, 2, 4 or 8 bytes, at any address.
    static func swap(_ bytes: UnsafeMutableRawPointer, byteCount: Int, elementSize: Int) {
        func each<T: FixedWidthInteger & BitwiseCopyable>(_: T.Type) {
            let size = MemoryLayout<T>.size
            for index in 0..<byteCount / size {
                let value = bytes.loadUnaligned(fromByteOffset: index &* size, as: T.self)
                bytes.storeBytes(of: value.byteSwapped, toByteOffset: index &* size, as: T.self)
            }
        }
        switch elementSize {
        case 2: each(UInt16.self)
        case 4: each(UInt32.self)
        case 8: each(UInt64.self)
        default: break
        }
    }

    // The joins take sixteen elements at a time: lanes of two planes are interleaved, then pairs of those, then
    // pairs of pairs; the processor has one instruction for each. `p` holds the planes in the order of the target.

    private static func plane(
        _ source: UnsafeRawPointer, _ index: Int, _ count: Int, _ size: Int, _ swapped: Bool
    ) -> UnsafeRawPointer {
        source + count &* (swapped ? size &- 1 &- index : index)
    }

    @inline(__always)
    private static func lanes(_ plane: UnsafeRawPointer, _ index: Int) -> SIMD16<UInt8> {
        plane.loadUnaligned(fromByteOffset: index, as: SIMD16<UInt8>.self)
    }

    @inline(__always)
    private static func interleave(_ even: SIMD16<UInt8>, _ odd: SIMD16<UInt8>) -> SIMD32<UInt8> {
        var both = SIMD32<UInt8>()
        both.evenHalf = even
        both.oddHalf = odd
        return both
    }

    @inline(__always)
    private static func interleave(_ even: SIMD32<UInt8>, _ odd: SIMD32<UInt8>) -> SIMD32<UInt16> {
        var both = SIMD32<UInt16>()
        both.evenHalf = unsafeBitCast(even, to: SIMD16<UInt16>.self)
        both.oddHalf = unsafeBitCast(odd, to: SIMD16<UInt16>.self)
        return both
    }

    @inline(__always)
    private static func interleave(_ even: SIMD32<UInt16>, _ odd: SIMD32<UInt16>) -> SIMD32<UInt32> {
        var both = SIMD32<UInt32>()
        both.evenHalf = unsafeBitCast(even, to: SIMD16<UInt32>.self)
        both.oddHalf = unsafeBitCast(odd, to: SIMD16<UInt32>.self)
        return both
    }

    private static func join2(
        _ source: UnsafeRawPointer, _ target: UnsafeMutableRawPointer, _ count: Int, _ swapped: Bool
    ) {
        let p0 = plane(source, 0, count, 2, swapped)
        let p1 = plane(source, 1, count, 2, swapped)
        var index = 0
        while index &+ 16 <= count {
            let joined = interleave(lanes(p0, index), lanes(p1, index))
            target.storeBytes(of: joined, toByteOffset: index &* 2, as: SIMD32<UInt8>.self)
            index &+= 16
        }
        joinRest(source, target, from: index, count, 2, swapped)
    }

    private static func join4(
        _ source: UnsafeRawPointer, _ target: UnsafeMutableRawPointer, _ count: Int, _ swapped: Bool
    ) {
        let p0 = plane(source, 0, count, 4, swapped)
        let p1 = plane(source, 1, count, 4, swapped)
        let p2 = plane(source, 2, count, 4, swapped)
        let p3 = plane(source, 3, count, 4, swapped)
        var index = 0
        while index &+ 16 <= count {
            let low = interleave(lanes(p0, index), lanes(p1, index))
            let high = interleave(lanes(p2, index), lanes(p3, index))
            target.storeBytes(of: interleave(low, high), toByteOffset: index &* 4, as: SIMD32<UInt16>.self)
            index &+= 16
        }
        joinRest(source, target, from: index, count, 4, swapped)
    }

    private static func join8(
        _ source: UnsafeRawPointer, _ target: UnsafeMutableRawPointer, _ count: Int, _ swapped: Bool
    ) {
        let p0 = plane(source, 0, count, 8, swapped)
        let p1 = plane(source, 1, count, 8, swapped)
        let p2 = plane(source, 2, count, 8, swapped)
        let p3 = plane(source, 3, count, 8, swapped)
        let p4 = plane(source, 4, count, 8, swapped)
        let p5 = plane(source, 5, count, 8, swapped)
        let p6 = plane(source, 6, count, 8, swapped)
        let p7 = plane(source, 7, count, 8, swapped)
        var index = 0
        while index &+ 16 <= count {
            let low = interleave(
                interleave(lanes(p0, index), lanes(p1, index)), interleave(lanes(p2, index), lanes(p3, index)))
            let high = interleave(
                interleave(lanes(p4, index), lanes(p5, index)), interleave(lanes(p6, index), lanes(p7, index)))
            target.storeBytes(of: interleave(low, high), toByteOffset: index &* 8, as: SIMD32<UInt32>.self)
            index &+= 16
        }
        joinRest(source, target, from: index, count, 8, swapped)
    }

    private static func joinRest(
        _ source: UnsafeRawPointer, _ target: UnsafeMutableRawPointer, from first: Int, _ count: Int, _ size: Int,
        _ swapped: Bool
    ) {
        for byte in 0..<size {
            let plane = plane(source, byte, count, size, swapped)
            for index in first..<count {
                let value = plane.load(fromByteOffset: index, as: UInt8.self)
                target.storeBytes(of: value, toByteOffset: index &* size &+ byte, as: UInt8.self)
            }
        }
    }
}
