internal import COneDNN

extension Primitive {
    /// c = f(a·b + bias), or c + a·b, of matrices or of stacks of as many matrices.
    /// - Parameter name: for the reader of an error.
    static func matmul(
        _ context: KernelContext, _ name: String, _ a: TensorMemory, _ b: TensorMemory, bias: TensorMemory? = nil,
        _ c: TensorMemory, fusing activation: Activation = .linear, accumulates: Bool = false
    ) throws(KernelError) -> Primitive {
        var operation = dnnl_matmul_desc_t()
        var (aLayout, bLayout, cLayout) = (a.descriptor, b.descriptor, c.descriptor)
        // An empty descriptor stands for no bias.
        var biasLayout = bias?.descriptor ?? MemoryDescriptor()
        try OneDNN.check(dnnl_matmul_desc_init(&operation, &aLayout, &bLayout, &biasLayout, &cLayout), name)
        var tensors = [(DNNL_ARG_SRC, a), (DNNL_ARG_WEIGHTS, b), (DNNL_ARG_DST, c)]
        if let bias { tensors.append((DNNL_ARG_BIAS, bias)) }
        return try Primitive(
            PrimitiveDescription(operation, name, fusing: activation, accumulates: accumulates), context, tensors)
    }

    /// x = f(x) for a function of single elements.
    static func activation(
        _ context: KernelContext, _ name: String, _ activation: Activation, inPlace x: TensorMemory
    ) throws(KernelError) -> Primitive {
        let (algorithm, alpha) = activation.algorithm
        var operation = dnnl_eltwise_desc_t()
        var layout = x.descriptor
        try OneDNN.check(
            dnnl_eltwise_forward_desc_init(&operation, dnnl_forward_inference, algorithm, &layout, alpha, 0), name)
        return try Primitive(
            PrimitiveDescription(operation, name), context, [(DNNL_ARG_SRC, x), (DNNL_ARG_DST, x)])
    }
}
