import CFence
import CHDF5
import Foundation
import TestSupport
import Testing

@testable import HDF5

/// The heap of the examining process. Each test that raises a fence is a process of its own, as there is no way back.
struct FenceTests {
    /// The address behind a block is the beginning of a page, that is of the fence.
    private static func endsAtAFence(_ block: UnsafeMutableRawPointer, _ size: Int) -> Bool {
        (Int(bitPattern: block) + size) % Int(sysconf(Int32(_SC_PAGESIZE))) == 0
    }

    @Test func theLibrarysBlocksAreFenced() async {
        await #expect(processExitsWith: .success) {
            precondition(fence_raise("H5open"))
            for size in [1, 24, 4096, 5000, 1 << 20] {
                let block = H5allocate_memory(size, false)!
                precondition(Self.endsAtAFence(block, size), "\(size)")
                H5free_memory(block)
            }
        }
    }

    @Test func aByteBeyondABlockIsACrash() async {
        await #expect(processExitsWith: .signal(SIGSEGV)) {
            fence_raise("H5open")
            let block = H5allocate_memory(100, false)!
            precondition(block.load(fromByteOffset: 99, as: UInt8.self) == 0x5A)
            print(block.load(fromByteOffset: 100, as: UInt8.self))
        }
    }

    @Test func farBeyondABlockIsACrash() async {
        await #expect(processExitsWith: .signal(SIGSEGV)) {
            fence_raise("H5open")
            // Three lengths of 16 bits, as the parts of an attribute have.
            let blocks = (0..<8).map { _ in H5allocate_memory(100, false)! }
            print(blocks[3].load(fromByteOffset: 3 * 65535, as: UInt8.self))
        }
    }

    @Test func aBlockReleasedTwiceIsACrash() async {
        await #expect(processExitsWith: .signal(SIGABRT)) {
            fence_raise("H5open")
            let block = fence_malloc(100)
            fence_free(block)
            fence_free(block)
        }
    }

    @Test func blocksKeepWhatTheyHold() async {
        await #expect(processExitsWith: .success) {
            precondition(fence_raise("H5open"))
            var blocks: [(UnsafeMutableRawPointer, Int)] = []
            for index in 0..<5000 {
                let size = (index * 7919) % 9000
                let block = fence_malloc(size)!
                memset(block, Int32(index & 0xFF), size)
                blocks.append((block, index))
                if index % 3 == 0 {
                    let (old, number) = blocks.remove(at: index % blocks.count)
                    let size = (number * 7919) % 9000
                    let grown = fence_realloc(old, size + 300)!
                    precondition(
                        (0..<size).allSatisfy { grown.load(fromByteOffset: $0, as: UInt8.self) == number & 0xFF })
                    fence_free(grown)
                }
            }
            for (block, number) in blocks {
                let size = (number * 7919) % 9000
                precondition((0..<size).allSatisfy { block.load(fromByteOffset: $0, as: UInt8.self) == number & 0xFF })
                fence_free(block)
            }
            let zeros = fence_calloc(3, 2000)!
            precondition((0..<6000).allSatisfy { zeros.load(fromByteOffset: $0, as: UInt8.self) == 0 })
            precondition(fence_calloc(1 << 40, 1 << 40) == nil)
            // A block of the C library.
            fence_free(fence_realloc(malloc(10), 20))
        }
    }

    /// A process may have so many mappings, of which each fence takes two; then neither the C library nor Swift would get
    /// any memory.
    @Test func manyBlocksLeaveMappingsToOthers() async {
        await #expect(processExitsWith: .success) {
            precondition(fence_raise("H5open"))
            var blocks: [UnsafeMutableRawPointer] = []
            for _ in 0..<70_000 { blocks.append(fence_malloc(24)!) }
            let mappings = (0..<1000).map { index in
                // Neighbours of other access are no one mapping.
                mmap(nil, 4096, index % 2 == 0 ? PROT_READ : PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
            }
            precondition(mappings.allSatisfy { $0 != MAP_FAILED } && malloc(1 << 20) != nil)
            // Some are fenced, some are not, and all are blocks.
            let fenced = blocks.filter { Self.endsAtAFence($0, 24) }.count
            precondition(fenced > 20_000 && fenced < 40_000, "\(fenced)")
            for block in blocks {
                memset(block, 1, 24)
                fence_free(fence_realloc(block, 48))
            }
            precondition(Self.endsAtAFence(fence_malloc(24)!, 24))
        }
    }

    /// The library holds a dozen blocks for each.
    @Test func aFileOfManyObjectsIsRead() async throws {
        await #expect(processExitsWith: .success) {
            precondition(fence_raise("H5open"))
            let directory = try TestDirectory()
            try RawFile.create(directory.file()) { file in
                for index in 0..<6000 {
                    try RawFile.add("x\(index)", to: file, type: H5Tcopy(chdf5_native_int8()), values: [7] as [Int8])
                }
            }
            let file = try HDF5File.open(directory.file())
            let all = try file.allDatasets()
            precondition(all.datasets.count == 6000 && all.omitted.isEmpty)
            let last = try all.datasets[5999].read(Int.self)
            precondition(last == [7])
        }
    }

    @Test func thereIsALimit() async {
        await #expect(processExitsWith: .success) {
            fence_raise("H5open")
            fence_limit(10_000)
            let block = fence_malloc(9_000)
            precondition(block != nil && fence_malloc(2_000) == nil && fence_realloc(block, 20_000) == nil)
            fence_free(block)
            precondition(fence_malloc(2_000) != nil)
        }
    }

    @Test func withoutTheLibraryNothingIsFenced() async {
        await #expect(processExitsWith: .success) { precondition(!fence_raise("no such function")) }
    }

    /// A good file is read as without.
    @Test func whatIsInOrderIsRead() async throws {
        await #expect(processExitsWith: .success) {
            precondition(fence_raise("H5open"))
            let directory = try TestDirectory()
            let file = try HDF5File.create(directory.file())
            let values = (0..<3000).map { Float($0) }
            try file.root.createDataset("a/x", .float32, shape: [1000, 3], chunk: [64, 3], gzip: 4, shuffle: true)
                .write(values)
            try file.attributes.set("names", ["one", "two"])
            try file.close()
            let read = try HDF5File.open(directory.file())
            let (same, names) = (try read.dataset("a/x").read(Float.self), try read.attributes.strings("names"))
            precondition(same == values && names == ["one", "two"])
            try read.close()
        }
    }
}
