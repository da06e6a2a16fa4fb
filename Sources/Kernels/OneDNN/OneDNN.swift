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

    static func useOneThread() { omp_set_num_threads(1) }
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

typealias MemoryDescriptor = dnnl_memory_desc_t

extension MemoryDescriptor {
    /// A tensor whose last dimension is contiguous, or one of the given strides.
    static func plain(_ dimensions: [Int], strides: [Int]? = nil) throws(KernelError) -> MemoryDescriptor {
        var strides = strides ?? []
        if strides.isEmpty {
            strides = Array(repeating: 1, count: dimensions.count)
            for axis in stride(from: dimensions.count - 2, through: 0, by: -1) {
                strides[axis] = strides[axis + 1] * dimensions[axis + 1]
            }
        }
        var descriptor = MemoryDescriptor()
        let status = dimensions.map(Int64.init).withUnsafeBufferPointer { dims in
            strides.map(Int64.init).withUnsafeBufferPointer { strides in
                dnnl_memory_desc_init_by_strides(
                    &descriptor, Int32(dimensions.count), dims.baseAddress, dnnl_f32, strides.baseAddress)
            }
        }
        try OneDNN.check(status, "a tensor of \(Shape(dimensions))")
        return descriptor
    }

    /// A tensor whose layout the library chooses.
    static func any(_ dimensions: [Int]) throws(KernelError) -> MemoryDescriptor {
        var descriptor = MemoryDescriptor()
        let status = dimensions.map(Int64.init).withUnsafeBufferPointer { dims in
            dnnl_memory_desc_init_by_tag(
                &descriptor, Int32(dimensions.count), dims.baseAddress, dnnl_f32, dnnl_format_tag_any)
        }
        try OneDNN.check(status, "a tensor of \(Shape(dimensions))")
        return descriptor
    }

    /// A batch of images, channels last, under the library's names (n, c, h, w).
    static func images(_ n: Int, _ h: Int, _ w: Int, _ c: Int) throws(KernelError) -> MemoryDescriptor {
        try plain([n, c, h, w], strides: [h * w * c, 1, w * c, c])
    }

    var byteCount: Int { withUnsafePointer(to: self) { dnnl_memory_desc_get_size($0) } }

    func equals(_ other: MemoryDescriptor) -> Bool {
        withUnsafePointer(to: self) { a in withUnsafePointer(to: other) { b in dnnl_memory_desc_equal(a, b) != 0 } }
    }
}

/// A tensor as the library sees it; its buffer is attached later and may change.
final class TensorMemory {
    let handle: dnnl_memory_t
    let descriptor: MemoryDescriptor

    init(_ descriptor: MemoryDescriptor) throws(KernelError) {
        self.descriptor = descriptor
        var handle: dnnl_memory_t?
        let engine = try OneDNN.engine.get().handle
        let status = withUnsafePointer(to: descriptor) {
            dnnl_memory_create(&handle, $0, engine, stormo_dnnl_memory_none())
        }
        try OneDNN.check(status, "a tensor")
        self.handle = handle!
    }

    deinit { dnnl_memory_destroy(handle) }

    func attach(_ pointer: UnsafeMutableRawPointer?) {
        let status = dnnl_memory_set_data_handle(handle, pointer)
        precondition(status == dnnl_success, "attaching a buffer that exists can't fail")
    }
}
