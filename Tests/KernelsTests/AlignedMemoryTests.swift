import Foundation
import Testing

@testable import Kernels

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

    /// Where a large block would leave the process nothing, it is refused, so that no smaller one has to fail.
    @Test func aLargeBlockLeavesRoom() async {
        await #expect(processExitsWith: .success) {
            let statistics = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
            let used = Int(statistics.split(separator: " ")[0])! * Int(sysconf(Int32(_SC_PAGESIZE)))
            var limit = rlimit()
            getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit)
            limit.rlim_cur = rlim_t(used + (512 << 20))
            setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit)
            var blocks: [AlignedMemory] = []
            while let block = try? AlignedMemory(byteCount: 8 << 20) { blocks.append(block) }
            precondition((4...64).contains(blocks.count))
            // Small pieces are still to be had.
            var pieces = 0
            while pieces < 64, malloc(1 << 20) != nil { pieces += 1 }
            precondition(pieces >= (AlignedMemory.headroom >> 20) - 2, "\(pieces)")
        }
    }

    @Test func whatCannotBeHadIsSaidBeforehand() {
        #expect(throws: Never.self) { try AlignedMemory.require(byteCount: 1 << 20) }
        #expect(throws: KernelError.outOfMemory(bytes: 1 << 60)) { try AlignedMemory.require(byteCount: 1 << 60) }
    }
}
