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
            let size = 64 << 20
            let statistics = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
            let pages = Int(statistics.split(separator: " ")[0])!
            func limit(_ more: Int) {
                var limit = rlimit()
                getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit)
                limit.rlim_cur = rlim_t(pages * Int(sysconf(Int32(_SC_PAGESIZE))) + more)
                setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit)
            }
            limit(size + AlignedMemory.headroom / 2)
            do {
                _ = try AlignedMemory(byteCount: size)
                exit(1)
            } catch { precondition(error as? KernelError == .outOfMemory(bytes: size)) }
            limit(size + 2 * AlignedMemory.headroom)
            let memory = try AlignedMemory(byteCount: size)
            precondition(memory.byteCount == size)
        }
    }

    @Test func whatCannotBeHadIsSaidBeforehand() {
        #expect(throws: Never.self) { try AlignedMemory.require(byteCount: 1 << 20) }
        #expect(throws: KernelError.outOfMemory(bytes: 1 << 60)) { try AlignedMemory.require(byteCount: 1 << 60) }
    }
}
