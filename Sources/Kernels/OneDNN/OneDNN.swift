internal import COneDNN

/// The kernel library: every call of it stands in this folder and in the kernels that describe operations to it.
enum OneDNN {
    /// The CPU. `@unchecked Sendable`: an engine is not changed once it is made.
    final class Engine: @unchecked Sendable {
        let handle: dnnl_engine_t
        init() throws(KernelError) {
            var handle: dnnl_engine_t?
            try check(dnnl_engine_create(&handle, dnnl_cpu, 0), "a CPU engine")
            self.handle = handle!
        }
    }

    static let engine = Result { () throws(KernelError) in try Engine() }

    /// - Throws: `KernelError.unsupported` with the library's own word unless the status is success.
    static func check(_ status: dnnl_status_t, _ operation: @autoclosure () -> String) throws(KernelError) {
        guard status != dnnl_success else { return }
        if status == dnnl_out_of_memory { throw .outOfMemory(bytes: 0) }
        throw .unsupported(operation: operation(), reason: String(cString: dnnl_status2str(status)))
    }

    /// As many threads as the library would start for a call of the calling thread.
    static var threads: Int32 {
        get { omp_get_max_threads() }
        set { omp_set_num_threads(newValue) }
    }

    /// Keeps the library to the calling thread while the body runs: left alone, every worker would start a team of its
    /// own. The thread's number of threads, which other code of the program may use, is put back.
    @inline(__always)
    static func onThisThread<R, E: Error>(_ body: () throws(E) -> R) throws(E) -> R {
        let before = threads
        guard before != 1 else { return try body() }
        threads = 1
        defer { threads = before }
        return try body()
    }
}

/// A queue of primitives, run in order on the thread that calls.
final class Stream {
    let handle: dnnl_stream_t
    init() throws(KernelError) {
        var handle: dnnl_stream_t?
        try OneDNN.check(dnnl_stream_create(&handle, OneDNN.engine.get().handle, 0), "a stream")
        self.handle = handle!
    }
    deinit { dnnl_stream_destroy(handle) }
}
