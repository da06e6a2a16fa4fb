/// A training kernel whose result for one sample depends on all samples of the mini-batch, as in batch normalisation.
///
/// A mini-batch is divided into shards. A kernel runs for one shard at a time, and several shards may share it. Forward
/// and backward pass each begin with **rounds** of sums. In a round the kernel sums over each shard's samples, and the
/// sums of all shards are then added in a fixed tree. A later round can read the combined sums of earlier rounds: first
/// the mean, for example, then the squared deviations from it. After the last round `forward` or `backward` runs, and
/// reads the combined sums of all rounds so far.
///
/// `KernelBinding.sums` holds the combined sums: those of the forward rounds, one round after another, then those of the
/// backward rounds. `SampleCoupling` of the operator gives the number of sums in each round. They keep their values
/// until the step ends, so the backward pass can read the forward sums. A shard without samples contributes zeros. A
/// kernel that divides by the number of samples must have that number as one of its sums.
///
/// Where `backward` needs a shard's own part of a sum, for the gradient of a scale for example, the kernel must keep it
/// in the workspace, since it may run for other shards in between. Only `backward` writes gradients.
public protocol CoupledKernel: Kernel {
    /// Sums over the bound samples for a round of the forward pass. Reads the inputs and the sums of earlier rounds.
    /// - Parameters:
    ///   - round: from 0.
    ///   - partial: where to write the round's sums, every one of them.
    func forwardSums(round: Int, into partial: UnsafeMutablePointer<Double>, _ pass: KernelPass)

    /// The same for a round of the backward pass. Reads what `backward` reads.
    func backwardSums(round: Int, into partial: UnsafeMutablePointer<Double>, _ pass: KernelPass)

    /// Computes the next value of an input that is a state parameter, such as a running mean, from its value in
    /// `KernelBinding.src` and the combined sums of the forward pass. Called once a step, on one of the shards' kernels. The
    /// parameter takes the value only if the step is applied.
    func nextState(input: Int, into next: UnsafeMutablePointer<Float>)
}

extension CoupledKernel {
    public func nextState(input: Int, into next: UnsafeMutablePointer<Float>) {
        preconditionFailure("an operator that has state parameters says how they move")
    }
}
