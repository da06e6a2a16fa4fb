internal import COneDNN

/// The dimensions of a tensor of floats and their places in memory, as the library is told of them.
final class MemoryDescriptor {
    let handle: stormo_layout

    private init(_ dimensions: [Int], strides: [Int]?) throws(KernelError) {
        var handle: stormo_layout?
        let status = stormo_layout_create(
            &handle, Int32(dimensions.count), dimensions.map(Int64.init), strides?.map(Int64.init))
        try OneDNN.check(status, "a tensor of \(Shape(dimensions))")
        self.handle = handle!
    }

    /// A copy of a layout that the library owns.
    init(copying layout: stormo_layout) throws(KernelError) {
        var handle: stormo_layout?
        try OneDNN.check(stormo_layout_copy(&handle, layout), "a tensor")
        self.handle = handle!
    }

    deinit { stormo_layout_destroy(handle) }

    /// A tensor whose last dimension is contiguous, or one of the given strides.
    static func plain(_ dimensions: [Int], strides: [Int]? = nil) throws(KernelError) -> MemoryDescriptor {
        var strides = strides ?? []
        if strides.isEmpty {
            strides = Array(repeating: 1, count: dimensions.count)
            for axis in stride(from: dimensions.count - 2, through: 0, by: -1) {
                strides[axis] = strides[axis + 1] * dimensions[axis + 1]
            }
        }
        return try MemoryDescriptor(dimensions, strides: strides)
    }

    /// A tensor whose layout the library chooses.
    static func any(_ dimensions: [Int]) throws(KernelError) -> MemoryDescriptor {
        try MemoryDescriptor(dimensions, strides: nil)
    }

    /// A batch of images, channels last, under the library's names (n, c, h, w).
    static func images(_ n: Int, _ h: Int, _ w: Int, _ c: Int) throws(KernelError) -> MemoryDescriptor {
        try plain([n, c, h, w], strides: [h * w * c, 1, w * c, c])
    }

    var byteCount: Int { dnnl_memory_desc_get_size(handle) }

    func equals(_ other: MemoryDescriptor) -> Bool { dnnl_memory_desc_equal(handle, other.handle) != 0 }
}

/// A tensor as the library sees it; its buffer is attached later and may change.
final class TensorMemory {
    let handle: dnnl_memory_t
    let descriptor: MemoryDescriptor
    private var attached: UnsafeMutableRawPointer?

    init(_ descriptor: MemoryDescriptor) throws(KernelError) {
        self.descriptor = descriptor
        var handle: dnnl_memory_t?
        let engine = try OneDNN.engine.get().handle
        try OneDNN.check(
            dnnl_memory_create(&handle, descriptor.handle, engine, stormo_dnnl_memory_none()), "a tensor")
        self.handle = handle!
    }

    deinit { dnnl_memory_destroy(handle) }

    /// Sets the buffer. Costs next to nothing where it is the one that was set before, as most are when a kernel is bound
    /// again.
    func attach(_ pointer: UnsafeMutableRawPointer?) {
        guard pointer != attached else { return }
        attached = pointer
        let status = dnnl_memory_set_data_handle(handle, pointer)
        precondition(status == dnnl_success, "attaching a buffer that exists can't fail")
    }
}
