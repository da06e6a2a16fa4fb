import Kernels
import Testing

struct AlignedMemoryTests {
    @Test(arguments: [0, 1, 63, 64, 65, 1000])
    func isAlignedAndZeroed(_ bytes: Int) throws {
        let memory = try AlignedMemory(byteCount: bytes)
        #expect(Int(bitPattern: memory.base) % AlignedMemory.alignment == 0)
        #expect(memory.byteCount >= max(bytes, 1))
        #expect(memory.byteCount % AlignedMemory.alignment == 0)
        #expect(UnsafeRawBufferPointer(start: memory.base, count: memory.byteCount).allSatisfy { $0 == 0 })
    }

    @Test func sizesRoundUpToCacheLines() {
        #expect([0, 1, 64, 65].map(AlignedMemory.aligned) == [0, 64, 64, 128])
    }

    @Test func whatCannotBeHadIsSaidBeforehand() {
        #expect(throws: Never.self) { try AlignedMemory.require(byteCount: 1 << 20) }
        #expect(throws: KernelError.outOfMemory(bytes: 1 << 60)) { try AlignedMemory.require(byteCount: 1 << 60) }
    }
}
