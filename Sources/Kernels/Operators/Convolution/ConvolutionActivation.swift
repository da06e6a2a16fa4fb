internal import COneDNN
internal import CVector

/// The activation of a convolution whose own loop stores the results: the loop applies it, or else the kernel library
/// does so behind it, in place.
struct ConvolutionActivation {
    /// What the loop is to apply.
    let loop: (kind: Int32, alpha: Float)
    private let function: Primitive?
    private let values: TensorMemory

    init(
        _ activation: Activation, _ context: KernelContext, _ geometry: ConvolutionGeometry
    ) throws(KernelError) {
        let pixels = geometry.samples * geometry.positions.height * geometry.positions.width
        values = try TensorMemory(.plain([pixels, geometry.filters]))
        switch activation {
        case .linear, .relu, .leakyRelu(0...):
            loop = activation.loop ?? (Int32(STORMO_LINEAR), 0)
            function = nil
        default:
            loop = (Int32(STORMO_LINEAR), 0)
            function = try .activation(context, geometry.name, activation, inPlace: values)
        }
    }

    var scratchBytes: Int { function?.scratchpadBytes ?? 0 }

    func bind(_ results: UnsafeMutablePointer<Float>?, scratch: UnsafeMutableRawPointer) {
        values.attach(results)
        function?.attachScratchpad(scratch)
    }

    func run() { function?.execute() }
}
