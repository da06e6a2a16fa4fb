internal import COneDNN

/// How the library would carry an operation out on this CPU.
final class PrimitiveDescription {
    let handle: dnnl_primitive_desc_t

    private init(handle: dnnl_primitive_desc_t) { self.handle = handle }

    /// Asks for an implementation.
    /// - Parameters:
    ///   - operation: one of the library's operation descriptors.
    ///   - name: the operation and its shapes, for the reader of an error.
    ///   - forward: the forward description that a backward one belongs to.
    ///   - activation: computed on the result before it is stored.
    ///   - accumulates: the result is added to what stands in its place, before the activation.
    convenience init<Operation>(
        _ operation: Operation, _ name: @autoclosure () -> String, forward: PrimitiveDescription? = nil,
        fusing activation: Activation = .linear, accumulates: Bool = false
    ) throws(KernelError) {
        var attributes: dnnl_primitive_attr_t?
        try OneDNN.check(dnnl_primitive_attr_create(&attributes), "attributes")
        defer { dnnl_primitive_attr_destroy(attributes) }
        // The caller owns the scratchpad: one that the library owned would be tied to the thread that made it.
        try OneDNN.check(
            dnnl_primitive_attr_set_scratchpad_mode(attributes, dnnl_scratchpad_mode_user), "a scratchpad")
        if activation != .linear || accumulates {
            var operations: dnnl_post_ops_t?
            try OneDNN.check(dnnl_post_ops_create(&operations), "a fused operation")
            defer { dnnl_post_ops_destroy(operations) }
            if accumulates { try OneDNN.check(dnnl_post_ops_append_sum(operations, 1), "a fused sum") }
            if activation != .linear {
                let (algorithm, alpha) = activation.algorithm
                try OneDNN.check(
                    dnnl_post_ops_append_eltwise(operations, 1, algorithm, alpha, 0), "a fused activation")
            }
            try OneDNN.check(dnnl_primitive_attr_set_post_ops(attributes, operations), "a fused operation")
        }
        var handle: dnnl_primitive_desc_t?
        let engine = try OneDNN.engine.get().handle
        let status = withUnsafePointer(to: operation) {
            dnnl_primitive_desc_create(&handle, $0, attributes, engine, forward?.handle)
        }
        try OneDNN.check(status, name())
        self.init(handle: handle!)
    }

    /// A copy from one layout into another.
    static func reorder(from: MemoryDescriptor, to: MemoryDescriptor) throws(KernelError) -> PrimitiveDescription {
        var attributes: dnnl_primitive_attr_t?
        try OneDNN.check(dnnl_primitive_attr_create(&attributes), "attributes")
        defer { dnnl_primitive_attr_destroy(attributes) }
        try OneDNN.check(
            dnnl_primitive_attr_set_scratchpad_mode(attributes, dnnl_scratchpad_mode_user), "a scratchpad")
        var handle: dnnl_primitive_desc_t?
        let engine = try OneDNN.engine.get().handle
        let status = withUnsafePointer(to: from) { from in
            withUnsafePointer(to: to) { to in
                dnnl_reorder_primitive_desc_create(&handle, from, engine, to, engine, attributes)
            }
        }
        try OneDNN.check(status, "a change of layout")
        return PrimitiveDescription(handle: handle!)
    }

    deinit { dnnl_primitive_desc_destroy(handle) }

    /// The layout that the implementation wants for one of its tensors.
    func layout(_ what: dnnl_query_t) -> MemoryDescriptor {
        dnnl_primitive_desc_query_md(handle, what, 0)?.pointee ?? MemoryDescriptor()
    }

    var scratchpad: MemoryDescriptor { layout(dnnl_query_scratchpad_md) }
}

/// An implementation with its tensors: runs without allocating anything of ours.
final class Primitive {
    private let handle: dnnl_primitive_t
    private let arguments: UnsafeMutableBufferPointer<dnnl_exec_arg_t>
    // The library's argument list holds bare handles; these references keep them alive.
    private let memories: [TensorMemory]
    private let scratchpad: TensorMemory?
    private let stream: Stream

    init(
        _ description: PrimitiveDescription, _ context: KernelContext, _ tensors: [(Int32, TensorMemory)]
    ) throws(KernelError) {
        var handle: dnnl_primitive_t?
        try OneDNN.check(dnnl_primitive_create(&handle, description.handle), "a primitive")
        self.handle = handle!
        stream = context.stream
        memories = tensors.map(\.1)
        scratchpad = description.scratchpad.byteCount > 0 ? try TensorMemory(description.scratchpad) : nil
        arguments = .allocate(capacity: tensors.count + (scratchpad == nil ? 0 : 1))
        for (index, tensor) in tensors.enumerated() {
            arguments.initializeElement(at: index, to: dnnl_exec_arg_t(arg: tensor.0, memory: tensor.1.handle))
        }
        if let scratchpad {
            arguments.initializeElement(
                at: tensors.count, to: dnnl_exec_arg_t(arg: DNNL_ARG_SCRATCHPAD, memory: scratchpad.handle))
        }
    }

    deinit {
        arguments.deallocate()
        dnnl_primitive_destroy(handle)
    }

    var scratchpadBytes: Int { AlignedMemory.aligned(scratchpad?.descriptor.byteCount ?? 0) }

    func attachScratchpad(_ pointer: UnsafeMutableRawPointer) { scratchpad?.attach(pointer) }

    func execute() {
        let status = dnnl_primitive_execute(handle, stream.handle, Int32(arguments.count), arguments.baseAddress)
        precondition(status == dnnl_success, "a primitive that was made and bound failed to run")
    }
}
