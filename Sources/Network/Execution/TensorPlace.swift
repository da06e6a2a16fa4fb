import Kernels

/// Where a tensor lies while a plan runs: in which memory, and how to find a tile's part of it.
struct TensorPlace {
    enum Memory {
        case arena
        case parameters
        case gradients
        /// The constant of a node.
        case constant(Int)
    }

    let memory: Memory
    /// From where the memory begins, in bytes.
    let offset: Int
    /// The bytes from one sample to the next: 0 where all samples share the tensor, or where it has room for one tile.
    let stride: Int

    /// Whether it moves with `BoundMemory.gradients`.
    var isParameterGradient: Bool { if case .gradients = memory { true } else { false } }

    /// The offset in floats of what lies in a buffer of the parameters' layout.
    var floatOffset: Int { offset / MemoryLayout<Float>.stride }
}

extension TensorPlace {
    /// A place in a buffer of the parameters' layout, or a whole constant.
    init(_ memory: Memory, floatOffset: Int = 0) {
        self.init(memory: memory, offset: floatOffset * MemoryLayout<Float>.stride, stride: 0)
    }
}

/// The memory to which a plan is bound.
struct BoundMemory {
    let arena: UnsafeMutableRawPointer
    let parameters: UnsafeMutablePointer<Float>
    /// Nil where no gradient is wanted.
    var gradients: UnsafeMutablePointer<Float>?
    /// By node.
    let constants: [Int: AlignedMemory]
    /// The combined sums of all shards; nil where nothing couples samples.
    var sums: UnsafeMutablePointer<Double>?

    /// The address of a tensor's part for the tile that begins with the given sample.
    func address(of place: TensorPlace, from sample: Int = 0) -> UnsafeMutableRawPointer? {
        let base: UnsafeMutableRawPointer?
        switch place.memory {
        case .arena: base = arena
        case .parameters: base = UnsafeMutableRawPointer(parameters)
        case .gradients: base = gradients.map { UnsafeMutableRawPointer($0) }
        case .constant(let node): base = constants[node]?.base
        }
        return base.map { $0 + place.offset + sample * place.stride }
    }

    /// The same for what is floats, as gradients are.
    func floats(of place: TensorPlace, from sample: Int = 0) -> UnsafeMutablePointer<Float>? {
        address(of: place, from: sample)?.assumingMemoryBound(to: Float.self)
    }
}
