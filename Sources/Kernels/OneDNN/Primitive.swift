internal import COneDNN

/// How the library would carry an operation out on this CPU.
final class PrimitiveDescription {
    let handle: dnnl_primitive_desc_t

    /// Asks for an implementation.
    /// - Parameters:
    ///   - name: the operation and its shapes, for the reader of an error.
    ///   - tensors: the owners of the layouts that `ask` names, which are kept until it returns.
    ///   - forward: the forward description that a backward one belongs to.
    ///   - activation: computed on the result before it is stored.
    ///   - accumulates: the result is added to what stands in its place, before the activation.
    ///   - ask: calls the shim's function of the operation.
    init<Tensors>(
        _ name: @autoclosure () -> String, of tensors: Tensors, forward: PrimitiveDescription? = nil,
        fusing activation: Activation = .linear, accumulates: Bool = false,
        ask: (inout dnnl_primitive_desc_t?, stormo_request, Tensors) -> dnnl_status_t
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
            if accumulates { try OneDNN.check(stormo_fuse_sum(operations), "a fused sum") }
            if activation != .linear {
                let (algorithm, alpha) = activation.algorithm
                try OneDNN.check(stormo_fuse_activation(operations, algorithm, alpha), "a fused activation")
            }
            try OneDNN.check(dnnl_primitive_attr_set_post_ops(attributes, operations), "a fused operation")
        }
        let request = stormo_request(
            engine: try OneDNN.engine.get().handle, attributes: attributes, forward: forward?.handle)
        var handle: dnnl_primitive_desc_t?
        let status = withExtendedLifetime((tensors, forward)) {
            OneDNN.onThisThread { ask(&handle, request, tensors) }
        }
        try OneDNN.check(status, name())
        self.handle = handle!
    }

    /// A copy from one layout into another.
    static func reorder(from: MemoryDescriptor, to: MemoryDescriptor) throws(KernelError) -> PrimitiveDescription {
        try PrimitiveDescription("a change of layout", of: (from, to)) {
            stormo_reorder(&$0, $1, $2.0.handle, $2.1.handle)
        }
    }

    deinit { dnnl_primitive_desc_destroy(handle) }

    /// The layout that the implementation wants for one of its tensors; nil where it has no such tensor.
    func layout(_ what: dnnl_query_t) throws(KernelError) -> MemoryDescriptor? {
        guard let own = dnnl_primitive_desc_query_md(handle, what, 0) else { return nil }
        let layout = try MemoryDescriptor(copying: own)
        return layout.byteCount > 0 ? layout : nil
    }
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
        // All that can throw comes before the handle: an object that is half made has no deinit to destroy it.
        scratchpad = try description.layout(dnnl_query_scratchpad_md).map { layout throws(KernelError) in
            try TensorMemory(layout)
        }
        stream = context.stream
        memories = tensors.map(\.1)
        // Where there is no memory for the code that it makes, the library writes through a null pointer (2.6).
        try AlignedMemory.require(byteCount: AlignedMemory.headroom)
        var handle: dnnl_primitive_t?
        try OneDNN.check(
            OneDNN.onThisThread { dnnl_primitive_create(&handle, description.handle) }, "a primitive")
        self.handle = handle!
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
        let status = OneDNN.onThisThread {
            dnnl_primitive_execute(handle, stream.handle, Int32(arguments.count), arguments.baseAddress)
        }
        precondition(status == dnnl_success, "a primitive that was made and bound failed to run")
    }
}
