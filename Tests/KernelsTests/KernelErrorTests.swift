import Kernels
import Testing

struct KernelErrorTests {
    @Test func sentences() {
        #expect(
            "\(KernelError.outOfMemory(bytes: 4096))"
                == "the system has no 4096 bytes of memory left; use a smaller batch_size or fewer workers")
        #expect(
            "\(KernelError.unsupported(operation: "dense 3→2 of 1 rows", reason: "unimplemented"))"
                == "dense 3→2 of 1 rows can't be computed on this machine: the kernel library says 'unimplemented'")
    }

    @Test func theLibrarysRefusalSaysWhat() throws {
        let context = try KernelContext(isDifferentiable: true)
        let error = #expect(throws: KernelError.self) {
            _ = try ActivationKernel(context, .relu, rows: -2, width: 3, gradient: true)
        }
        #expect(
            error?.description
                == "a tensor of -2×3 can't be computed on this machine: the kernel library says 'invalid_arguments'")
    }

    @Test func moreMemoryThanThereIs() {
        #expect(throws: KernelError.outOfMemory(bytes: 1 << 60)) { _ = try AlignedMemory(byteCount: 1 << 60) }
    }
}
