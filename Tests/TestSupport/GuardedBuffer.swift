import Kernels

/// A buffer between two margins, which tell whether a kernel wrote beside it. Filled with NaN at first, so that what a
/// kernel leaves out or only adds to is seen.
package final class GuardedBuffer {
    private static let margin = 16
    private static let sentinel: UInt32 = 0xDEAD_BEEF
    private let memory: AlignedMemory
    package let count: Int

    package init(count: Int) throws(KernelError) {
        self.count = count
        memory = try AlignedMemory(floats: count + 2 * Self.margin)
        for index in 0..<Self.margin {
            words[index] = Self.sentinel
            words[Self.margin + count + index] = Self.sentinel
        }
        poison()
    }

    package convenience init(_ values: [Float]) throws(KernelError) {
        try self.init(count: values.count)
        for index in values.indices { floats[index] = values[index] }
    }

    /// A buffer of integers: whole numbers, as floats.
    package convenience init(integers values: [Float]) throws(KernelError) {
        try self.init(count: values.count)
        let integers = memory.elements(of: Int32.self) + Self.margin
        for index in values.indices { integers[index] = Int32(values[index]) }
        element = .int32
    }

    private var element = ElementType.float32

    /// Begins at a cache line.
    package var tensor: TensorPointer { TensorPointer(UnsafeMutableRawPointer(floats), element) }

    private var words: UnsafeMutablePointer<UInt32> { memory.base.assumingMemoryBound(to: UInt32.self) }

    /// Begins at a cache line.
    package var floats: UnsafeMutablePointer<Float> { memory.floats + Self.margin }

    package var values: [Float] {
        switch tensor {
        case .float32(let floats): Array(UnsafeBufferPointer(start: floats, count: count))
        case .int32(let integers): UnsafeBufferPointer(start: integers, count: count).map { Float($0) }
        }
    }

    package func poison() { floats.update(repeating: .nan, count: count) }

    /// Whether the margins are as they were.
    package var isIntact: Bool {
        (0..<Self.margin).allSatisfy {
            words[$0] == Self.sentinel && words[Self.margin + count + $0] == Self.sentinel
        }
    }
}
