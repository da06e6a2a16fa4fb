/// The arithmetic in training of an operator that couples samples: whose result for one sample depends on all samples of
/// the mini-batch, as a batch's mean does.
///
/// A mini-batch is cut into shards, each with a kernel. Both passes begin with **rounds** of sums: in each round the kernel
/// of every shard adds up what its own samples contribute, and the sums of all shards are combined in a fixed tree. A later
/// round may read what the rounds before came to: first the mean, then the squared deviations from it. Then `forward` or
/// `backward` is run, which reads the combined sums of all rounds so far.
///
/// `Binding.sums` holds the combined sums: those of the forward rounds, one after another, then those of the backward rounds.
/// They stand until the step ends, so the backward pass may read the forward sums. How many there are says the operator.
/// Shards without samples contribute zeros, so a kernel that divides by the number of samples counts them among its sums.
///
/// What a shard itself has contributed to a round, the gradient of a scale for example, must be kept in the workspace where
/// `backward` needs it: other shards come in between, and gradients are written by `backward` alone.
public protocol CoupledKernel: Kernel {
    /// Adds up what the bound samples contribute to a round of the forward pass. Reads the inputs; every sum is written.
    /// - Parameter round: from 0.
    func forwardSums(round: Int, into partial: UnsafeMutablePointer<Double>, _ pass: Pass)

    /// Adds up what the bound samples contribute to a round of the backward pass. Reads what `backward` reads.
    func backwardSums(round: Int, into partial: UnsafeMutablePointer<Double>, _ pass: Pass)

    /// Computes what an input that is a state parameter, as a running mean, becomes by this step: from its value in
    /// `Binding.src` and from the combined sums of the forward pass. Called once a step, for one of the shards; the parameter
    /// itself is changed only where the step is taken.
    func nextState(input: Int, into next: UnsafeMutablePointer<Float>)
}

extension CoupledKernel {
    public func nextState(input: Int, into next: UnsafeMutablePointer<Float>) {
        preconditionFailure("an operator that has state parameters says how they move")
    }
}
