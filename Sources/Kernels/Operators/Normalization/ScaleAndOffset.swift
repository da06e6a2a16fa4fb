/// A normalisation's γ and β, and where their gradients go; nil for what it does not have, or what is not wanted.
struct ScaleAndOffset {
    private(set) var gamma, beta: UnsafeMutablePointer<Float>?
    private(set) var diffGamma, diffBeta: UnsafeMutablePointer<Float>?

    init() {}

    /// - Parameter binding: of an operator whose inputs are x, then γ and β where it has such.
    init(_ binding: KernelBinding, hasScale: Bool, hasOffset: Bool) {
        if hasScale { (gamma, diffGamma) = (binding.src[1].floats, binding.diffSrc[1]) }
        guard hasOffset else { return }
        let place = hasScale ? 2 : 1
        (beta, diffBeta) = (binding.src[place].floats, binding.diffSrc[place])
    }
}
