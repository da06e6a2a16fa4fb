internal import CVector

/// What a kernel must know of the step in which it runs.
public struct Pass: Sendable {
    /// Whether dropout and its like are at work.
    public var isTraining: Bool
    /// The key of every random number of the run.
    public var seed: UInt64
    /// The number of optimizer steps before this one, over all epochs.
    public var step: Int
    /// The place in the mini-batch of the shard's first sample.
    public var firstSample: Int

    public init(isTraining: Bool = false, seed: UInt64 = 0, step: Int = 0, firstSample: Int = 0) {
        self.isTraining = isTraining
        self.seed = seed
        self.step = step
        self.firstSample = firstSample
    }
}

/// The buffers on which a kernel works. All but the parameters among the inputs belong to one replica.
public struct Binding {
    /// The inputs: the tensors that come from other operators, then weights and bias where there are such.
    public var src: [TensorPointer]
    /// The result.
    public var dst: TensorPointer
    /// Where the gradient with respect to each input is written; nil where none is wanted, as for integers.
    public var diffSrc: [UnsafeMutablePointer<Float>?]
    /// The gradient with respect to the result.
    public var diffDst: UnsafeMutablePointer<Float>?
    /// Kept from the forward to the backward pass.
    public var workspace: UnsafeMutableRawPointer
    /// The kernel's own while it runs, anybody's afterwards.
    public var scratch: UnsafeMutableRawPointer
    /// The combined sums of all shards, for a `CoupledKernel`; nil for others.
    public var sums: UnsafePointer<Double>?

    public init(
        src: [TensorPointer], dst: TensorPointer,
        diffSrc: [UnsafeMutablePointer<Float>?], diffDst: UnsafeMutablePointer<Float>?,
        workspace: UnsafeMutableRawPointer, scratch: UnsafeMutableRawPointer, sums: UnsafePointer<Double>? = nil
    ) {
        self.src = src
        self.dst = dst
        self.diffSrc = diffSrc
        self.diffDst = diffDst
        self.workspace = workspace
        self.scratch = scratch
        self.sums = sums
    }
}

/// The arithmetic of one operator for one number of samples: made once, bound to buffers, run many times.
///
/// A kernel belongs to one replica and is run by one thread at a time. It may be bound to other buffers between any two
/// runs, also between a forward pass and its backward pass; whatever the backward pass needs stands in the binding's
/// buffers. `forward` and `backward` overwrite their results, never add to them. None of the three allocates.
public protocol Kernel: AnyObject {
    var workspaceBytes: Int { get }
    var scratchBytes: Int { get }
    func bind(_ binding: Binding)
    /// Computes the output from the inputs.
    func forward(_ pass: Pass)
    /// Computes the gradients of the inputs from that of the output.
    func backward(_ pass: Pass)
}

extension Kernel {
    public var workspaceBytes: Int { 0 }
    public var scratchBytes: Int { 0 }
}

/// What all kernels of a replica share.
package final class KernelContext {
    /// Whether backward passes will be run.
    package let isDifferentiable: Bool
    let stream: Stream

    package init(isDifferentiable: Bool) throws(KernelError) {
        self.isDifferentiable = isDifferentiable
        stream = try Stream()
    }

    /// Runs the body with the calling thread prepared for kernels: the library keeps to it, and numbers that are too
    /// small to be normal count as zero. Both are put back at the end.
    package static func withPreparedThread(_ body: () throws -> Void) rethrows {
        let mode = stormo_flush_denormals()
        defer { stormo_set_float_mode(mode) }
        try OneDNN.onThisThread(body)
    }
}
