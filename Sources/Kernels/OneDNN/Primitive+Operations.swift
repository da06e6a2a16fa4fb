internal import COneDNN

extension Primitive {
    /// c = f(a·b + bias), or c + a·b, of matrices or of stacks of as many matrices.
    /// - Parameter name: for the reader of an error.
    static func matmul(
        _ context: KernelContext, _ name: String, _ a: TensorMemory, _ b: TensorMemory, bias: TensorMemory? = nil,
        _ c: TensorMemory, fusing activation: Activation = .linear, accumulates: Bool = false
    ) throws(KernelError) -> Primitive {
        let description = try PrimitiveDescription(
            name, of: (a, b, c, bias), fusing: activation, accumulates: accumulates
        ) { made, request, tensors in
            let (a, b, c, bias) = tensors
            return stormo_matmul(
                &made, request, a.descriptor.handle, b.descriptor.handle, bias?.descriptor.handle,
                c.descriptor.handle)
        }
        var tensors = [(DNNL_ARG_SRC, a), (DNNL_ARG_WEIGHTS, b), (DNNL_ARG_DST, c)]
        if let bias { tensors.append((DNNL_ARG_BIAS, bias)) }
        return try Primitive(description, context, tensors)
    }

    /// x = f(x) for a function of single elements.
    static func activation(
        _ context: KernelContext, _ name: String, _ activation: Activation, inPlace x: TensorMemory
    ) throws(KernelError) -> Primitive {
        let (algorithm, alpha) = activation.algorithm
        let description = try PrimitiveDescription(name, of: x.descriptor) {
            stormo_eltwise(&$0, $1, dnnl_forward_inference, algorithm, alpha, $2.handle)
        }
        return try Primitive(description, context, [(DNNL_ARG_SRC, x), (DNNL_ARG_DST, x)])
    }
}
