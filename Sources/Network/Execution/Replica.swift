import Kernels

/// The activations, gradients and kernels with which one worker runs one shard.
///
/// A replica is made for the numbers of samples that it will meet, then bound to an arena, which may be shared with
/// replicas that never run at the same time, to the parameters, which all replicas share and none changes, and to a
/// gradient buffer, which `rebind` exchanges. It belongs to one thread at a time; running it allocates nothing.
///
/// `@unchecked Sendable`: the engine hands a replica to one worker and touches it again only behind a barrier.
package final class Replica: @unchecked Sendable {
    package let program: Program
    private let context: KernelContext
    private let constants: [Int: AlignedMemory]
    private let plans: [ReplicaPlan]
    private let sharesKernels: Bool
    package let arenaBytes: Int
    private var bound: [BoundPlan] = []
    // Held so that the memory outlives the pointers into it.
    private var arena, parameters, gradients, sums: AlignedMemory?
    /// For a batch that is one shard; nil where nothing couples samples.
    private let ownSums: AlignedMemory?

    /// - Parameters:
    ///   - samples: the sizes of shards that will be run.
    ///   - keepsAll: no buffer is used twice, so that every value and gradient can be read after a run.
    /// - Throws: `KernelError` where a kernel can't be made.
    package convenience init(
        _ program: Program, samples: Set<Int>, keepsAll: Bool = false
    ) throws(KernelError) {
        try self.init(program, samples: samples, keepsAll: keepsAll, sharesKernels: false)
    }

    /// - Parameter sharesKernels: whether there will be others that share the kernels.
    package init(
        _ program: Program, samples: Set<Int>, keepsAll: Bool = false, sharesKernels: Bool
    ) throws(KernelError) {
        self.program = program
        self.sharesKernels = sharesKernels
        context = try KernelContext(isDifferentiable: program.isDifferentiable)
        var constants: [Int: AlignedMemory] = [:]
        for index in program.order {
            if case .constant(let values) = program.nodes[index].kind {
                let memory = try AlignedMemory(floats: values.count)
                values.withUnsafeBufferPointer { memory.floats.update(from: $0.baseAddress!, count: values.count) }
                constants[index] = memory
            }
        }
        self.constants = constants
        var plans: [ReplicaPlan] = []
        for count in samples.sorted() where count > 0 {
            plans.append(try ReplicaPlan(program, samples: count, context, keepsAll: keepsAll))
        }
        self.plans = plans
        arenaBytes = plans.map(\.byteCount).max() ?? 0
        ownSums =
            program.coupling.isEmpty
            ? nil : try AlignedMemory(doubles: program.coupling.sumCount)
    }

    /// A replica with the kernels of another one, for an arena of its own: it keeps a shard's activations while the other
    /// runs a second shard. The two must not run at the same time.
    /// - Parameter samples: those of the other's numbers of samples that this one will meet.
    /// - Precondition: the other was made to share its kernels.
    package init(sharingKernelsOf other: Replica, samples: Set<Int>) {
        precondition(other.sharesKernels, "a replica must be made to share its kernels")
        (program, context, constants, sharesKernels) = (other.program, other.context, other.constants, true)
        ownSums = nil
        plans = other.plans.filter { samples.contains($0.samples) }
        arenaBytes = plans.map(\.byteCount).max() ?? 0
    }

    /// - Parameters:
    ///   - arena: at least `arenaBytes` long.
    ///   - parameters: a buffer of the program's layout.
    ///   - gradients: a buffer of the layout's trained range; wanted only for a program with a loss.
    ///   - sums: where a program that couples samples has the combined sums of all shards. Without them the replica has its
    ///     own, and each run is a whole mini-batch.
    package func bind(
        arena: AlignedMemory, parameters: AlignedMemory, gradients: AlignedMemory?, sums: AlignedMemory? = nil
    ) {
        precondition(arena.byteCount >= arenaBytes, "an arena must be as large as the replica says")
        let sums = sums ?? ownSums
        (self.arena, self.parameters, self.gradients, self.sums) = (arena, parameters, gradients, sums)
        bound = plans.map { plan in
            BoundPlan(
                plan,
                BoundMemory(
                    arena: arena.base, parameters: parameters.floats, gradients: gradients?.floats,
                    constants: constants, sums: sums?.doubles), sharesKernels: sharesKernels)
        }
    }

    /// Lets the next backward passes write to another buffer of the same layout. The arena and the parameters stay.
    ///
    /// Cheap enough to be called for each shard of a step: it allocates nothing, and a plan whose kernels are not run is
    /// not touched.
    /// - Precondition: the replica is bound, with gradients.
    package func rebind(gradients: AlignedMemory) {
        precondition(self.gradients != nil, "a replica must be bound with gradients before they can be exchanged")
        self.gradients = gradients
    }

    private func plan(_ samples: Int) -> BoundPlan {
        for index in 0..<bound.count where bound[index].plan.samples == samples { return bound[index] }
        preconditionFailure("a replica runs the numbers of samples that it was made for, not \(samples)")
    }

    /// Where the values of a node stand: to be filled before a run for an input, to be read after it for a result.
    package func tensor(of variable: Int, samples: Int) -> TensorPointer { plan(samples).value(of: variable)! }

    /// The same for a node of floats.
    package func value(of variable: Int, samples: Int) -> UnsafeMutableBufferPointer<Float> {
        let count = program.nodes[variable].type.count(samples: samples)
        return UnsafeMutableBufferPointer(start: tensor(of: variable, samples: samples).floats, count: count)
    }

    /// The same for a node of integers.
    package func integers(of variable: Int, samples: Int) -> UnsafeMutableBufferPointer<Int32> {
        let count = program.nodes[variable].type.count(samples: samples)
        return UnsafeMutableBufferPointer(start: tensor(of: variable, samples: samples).int32s, count: count)
    }

    /// The gradient of the loss with respect to a node; only where all is kept, nil where none was computed.
    package func gradient(of variable: Int, samples: Int) -> UnsafeMutableBufferPointer<Float>? {
        guard let pointer = plan(samples).gradient(of: variable) else { return nil }
        return UnsafeMutableBufferPointer(start: pointer, count: program.nodes[variable].type.count(samples: samples))
    }

    /// Computes the results from the inputs. Where samples are coupled, these are the whole mini-batch.
    /// - Parameter finished: called behind each kernel with its node, for those who want to time it.
    package func forward(samples: Int, _ pass: KernelPass, finished: ((_ node: Int) -> Void)? = nil) {
        // The sums of the one shard are those of all.
        for segment in 0...program.coupling.forward.count {
            forward(segment: segment, samples: samples, partial: sums?.doubles, pass, finished: finished)
        }
    }

    /// One segment of the forward pass; they must be run in order, with all shards' sums combined in between.
    /// - Parameter partial: where the shard's sums go: for each of the program's sums one place, of which those of the round
    ///   that ends the segment are written.
    package func forward(
        segment: Int, samples: Int, partial: UnsafeMutablePointer<Double>?, _ pass: KernelPass,
        finished: ((_ node: Int) -> Void)? = nil
    ) {
        let plan = plan(samples)
        let (calls, part) = (plan.forward, plan.forwardSegments[segment])
        for index in part.steps {
            calls[index].forward(pass)
            finished?(calls[index].node)
        }
        guard let partial else { return }
        for index in 0..<part.coupled.count {
            let (call, round, place) = part.coupled[index]
            call.forwardSums(round: round, into: partial + place, pass)
            finished?(call.node)
        }
    }

    /// Computes the gradient of Σ scale·weight·loss with respect to the parameters, after a forward pass. That of a
    /// parameter which the loss does not reach stays as the buffer has it. The losses themselves stay unweighted.
    /// - Parameter weights: one for each sample, for a loss that each sample has; nil for weights of 1.
    package func backward(
        samples: Int, scale: Float, weights: UnsafePointer<Float>? = nil, _ pass: KernelPass,
        finished: ((_ node: Int) -> Void)? = nil
    ) {
        for loss in 0..<program.losses.count { seed(loss, samples: samples, scale: scale, weights: weights) }
        backward(samples: samples, pass, finished: finished)
    }

    /// Begins a backward pass at one of the losses, after the forward pass: Σ scale·weight·loss is then part of what is
    /// differentiated. Each loss is seeded before `backward` is called.
    /// - Parameters:
    ///   - loss: its place in `Program.losses`.
    ///   - weights: one for each sample, for a loss that each sample has; nil for weights of 1.
    package func seed(_ loss: Int, samples: Int, scale: Float, weights: UnsafePointer<Float>? = nil) {
        plan(samples).fillSeed(of: loss, scale: scale, weights: weights)
    }

    /// Computes the gradient of what the losses were seeded with; see `seed`.
    package func backward(samples: Int, _ pass: KernelPass, finished: ((_ node: Int) -> Void)? = nil) {
        beginBackward(samples: samples)
        for segment in 0...program.coupling.backward.count {
            backward(segment: segment, samples: samples, partial: sums?.doubles, pass, finished: finished)
        }
    }

    /// Begins a backward pass that is run segment by segment, once the losses are seeded.
    package func beginBackward(samples: Int) {
        if let gradients { plan(samples).rebind(gradients: gradients.floats) }
    }

    /// The same, with one seed for all losses.
    package func beginBackward(samples: Int, scale: Float, weights: UnsafePointer<Float>?) {
        for loss in 0..<program.losses.count { seed(loss, samples: samples, scale: scale, weights: weights) }
        beginBackward(samples: samples)
    }

    /// One segment of the backward pass, as of the forward pass.
    package func backward(
        segment: Int, samples: Int, partial: UnsafeMutablePointer<Double>?, _ pass: KernelPass,
        finished: ((_ node: Int) -> Void)? = nil
    ) {
        let plan = plan(samples)
        let (steps, part) = (plan.backward, plan.backwardSegments[segment])
        for index in part.steps {
            switch steps[index] {
            case .kernel(let call):
                call.backward(pass)
                finished?(call.node)
            case .sum(let sum): sum.run()
            }
        }
        guard let partial else { return }
        for index in 0..<part.coupled.count {
            let (call, round, place) = part.coupled[index]
            call.backwardSums(round: round, into: partial + place, pass)
            finished?(call.node)
        }
    }

    /// What a state parameter becomes by a step, after a forward pass over that many samples.
    package func nextState(_ move: Coupling.StateMove, samples: Int, into next: UnsafeMutablePointer<Float>) {
        let calls = plan(samples).forward
        for index in 0..<calls.count where calls[index].node == move.node {
            return calls[index].nextState(input: move.input, into: next)
        }
    }
}
