import TestSupport
import Testing

@testable import Kernels

struct KernelContextTests {
    /// What the thread has when other code of the program uses OpenMP. The test does not wait for anything, and so
    /// stays on its thread.
    private func withThreads(_ count: Int32, _ body: () throws -> Void) rethrows {
        let before = OneDNN.threads
        OneDNN.threads = count
        defer { OneDNN.threads = before }
        try body()
    }

    @Test("Making and running kernels leaves the calling thread's number of OpenMP threads as it was")
    func threadsArePutBack() throws {
        try withThreads(3) {
            let context = try KernelContext(isDifferentiable: true)
            #expect(OneDNN.threads == 3)
            let kernel = try DenseKernel(
                context, rows: 64, inputs: 64, outputs: 64, hasBias: true, activation: .tanh, gradients: (true, true))
            var random = SeededRandom(1)
            let inputs = [random.floats(64 * 64), random.floats(64 * 64), random.floats(64)]
            let check = KernelCheck(inputs: inputs, outputCount: 64 * 64)
            let outside = try check.run(kernel)
            #expect(OneDNN.threads == 3)
            try KernelContext.withPreparedThread {
                #expect(OneDNN.threads == 1)
                let prepared = try check.run(kernel)
                #expect(prepared.output == outside.output)
            }
            #expect(OneDNN.threads == 3)
        }
    }

    @Test func threadsArePutBackBehindAnError() {
        withThreads(3) {
            #expect(throws: KernelError.self) {
                try KernelContext.withPreparedThread { throw KernelError.outOfMemory(bytes: 1) }
            }
            #expect(OneDNN.threads == 3)
        }
    }
}
