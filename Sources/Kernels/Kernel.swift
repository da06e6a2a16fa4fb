internal import CVector

/// What a kernel must know of the step in which it runs.
public struct KernelPass: Sendable {
    /// Whether the pass is one of training. Dropout, for example, acts only then.
    public var isTraining: Bool
    /// The seed of the run, from which all of its random numbers follow.
    public var seed: UInt64
    /// The number of optimizer steps before this one, over all epochs.
    public var step: Int
    /// The index in the mini-batch of the first sample on which the kernel runs.
    public var firstSample: Int

    public init(isTraining: Bool = false, seed: UInt64 = 0, step: Int = 0, firstSample: Int = 0) {
        self.isTraining = isTraining
        self.seed = seed
        self.step = step
        self.firstSample = firstSample
    }
}

/// The buffers on which a kernel works. All replicas read the same parameters, constants and sums. No other thread uses
/// the other buffers while the kernel runs.
public struct KernelBinding {
    /// The operator's inputs, in their order: results of other operators, then parameters such as weights and bias.
    public var src: [TensorPointer]
    /// The result, written by `forward`.
    public var dst: TensorPointer
    /// The gradient with respect to each input, written by `backward`; nil where none is wanted, as for integers.
    public var diffSrc: [UnsafeMutablePointer<Float>?]
    /// The gradient with respect to the result, read by `backward`; nil where none is computed.
    public var diffDst: UnsafeMutablePointer<Float>?
    /// Memory that keeps its contents from the forward to the backward pass: `workspaceBytes` of the kernel.
    public var workspace: UnsafeMutableRawPointer
    /// Temporary memory, whose contents are lost when a call returns: `scratchBytes` of the kernel.
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

/// The computation of one operator for one number of samples: made once, bound to buffers, run many times.
///
/// A kernel is run by one thread at a time. Replicas that never run at the same time may share it. So it may be bound
/// to other buffers between any two runs, also between a forward pass and its backward pass, and all that the backward
/// pass needs must be in the binding's buffers, not in the kernel. `forward` and `backward` overwrite their results
/// rather than add to them. `bind`, `forward` and `backward` do not allocate.
public protocol Kernel: AnyObject {
    /// The size of `KernelBinding.workspace`; 0 unless a kernel says otherwise.
    var workspaceBytes: Int { get }
    /// The size of `KernelBinding.scratch`; 0 unless a kernel says otherwise.
    var scratchBytes: Int { get }
    /// Sets the buffers of the runs that follow.
    func bind(_ binding: KernelBinding)
    /// Computes the result from the inputs.
    func forward(_ pass: KernelPass)
    /// Computes the gradients with respect to the inputs from that with respect to the result.
    func backward(_ pass: KernelPass)
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
