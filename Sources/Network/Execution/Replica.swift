public import Kernels

/// The activations, gradients and kernels with which one worker runs one shard.
///
/// A replica is made for the numbers of samples that it will meet, then bound to an arena, which may be shared with
/// replicas that never run at the same time, to the parameters, which all replicas share and none changes, and to a
/// gradient buffer, which `rebind` exchanges. It belongs to one thread at a time; running it allocates nothing.
///
/// `@unchecked Sendable`: the engine hands a replica to one worker and touches it again only behind a barrier.
public final class Replica: @unchecked Sendable {
    public let program: Program
    private let context: KernelContext
    private var plans: [BoundPlan] = []
    public let arenaBytes: Int
    private let keepsAll: Bool
    // Held so that the memory outlives the pointers into it.
    private var arena, parameters, gradients: AlignedMemory?
    private let constants: [Int: AlignedMemory]

    /// - Parameters:
    ///   - samples: the sizes of shards that will be run.
    ///   - keepsAll: no buffer is used twice, so that every value and gradient can be read after a run.
    /// - Throws: `KernelError` where a kernel can't be made.
    public init(_ program: Program, samples: Set<Int>, keepsAll: Bool = false) throws(KernelError) {
        self.program = program
        self.keepsAll = keepsAll
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
        var bytes = 0
        for count in samples.sorted() where count > 0 {
            let plan = try BoundPlan(program, samples: count, context, keepsAll: keepsAll)
            bytes = max(bytes, plan.byteCount)
            plans.append(plan)
        }
        arenaBytes = bytes
    }

    /// - Parameters:
    ///   - arena: at least `arenaBytes` long.
    ///   - parameters: a buffer of the program's layout.
    ///   - gradients: a buffer of the layout's trained range; wanted only for a program with a loss.
    public func bind(arena: AlignedMemory, parameters: AlignedMemory, gradients: AlignedMemory?) {
        precondition(arena.byteCount >= arenaBytes, "an arena must be as large as the replica says")
        (self.arena, self.parameters, self.gradients) = (arena, parameters, gradients)
        for plan in plans {
            plan.bind(
                BoundMemory(
                    arena: arena.floats, parameters: parameters.floats, gradients: gradients?.floats,
                    constants: constants))
        }
    }

    /// Lets the next backward passes write to another buffer of the same layout. The arena and the parameters stay.
    ///
    /// Cheap enough to be called for each shard of a step: it allocates nothing, and a plan whose kernels are not run is
    /// not touched.
    /// - Precondition: the replica is bound, with gradients.
    public func rebind(gradients: AlignedMemory) {
        precondition(self.gradients != nil, "a replica must be bound with gradients before they can be exchanged")
        self.gradients = gradients
    }

    private func plan(_ samples: Int) -> BoundPlan {
        for index in 0..<plans.count where plans[index].samples == samples { return plans[index] }
        preconditionFailure("a replica runs the numbers of samples that it was made for, not \(samples)")
    }

    /// Where the values of a node stand: to be filled before a run for an input, to be read after it for a result.
    public func value(of variable: Int, samples: Int) -> UnsafeMutableBufferPointer<Float> {
        let count = program.nodes[variable].type.count(samples: samples)
        return UnsafeMutableBufferPointer(start: plan(samples).value(of: variable)!, count: count)
    }

    /// The gradient of the loss with respect to a node; only where all is kept, nil where none was computed.
    public func gradient(of variable: Int, samples: Int) -> UnsafeMutableBufferPointer<Float>? {
        guard let pointer = plan(samples).gradient(of: variable) else { return nil }
        return UnsafeMutableBufferPointer(start: pointer, count: program.nodes[variable].type.count(samples: samples))
    }

    /// Computes the results from the inputs.
    /// - Parameter finished: called behind each kernel with its node, for those who want to time it.
    public func forward(samples: Int, _ pass: Pass, finished: ((_ node: Int) -> Void)? = nil) {
        let calls = plan(samples).forward
        for index in 0..<calls.count {
            calls[index].forward(pass)
            finished?(calls[index].node)
        }
    }

    /// Computes the gradient of Σ scale·weight·loss with respect to the parameters, after a forward pass. That of a
    /// parameter which the loss does not reach stays as the buffer has it. The losses themselves stay unweighted.
    /// - Parameter weights: one for each sample, for a loss that each sample has; nil for weights of 1.
    public func backward(
        samples: Int, scale: Float, weights: UnsafePointer<Float>? = nil, _ pass: Pass,
        finished: ((_ node: Int) -> Void)? = nil
    ) {
        let plan = plan(samples)
        if let gradients { plan.rebind(gradients: gradients.floats) }
        plan.fillSeed(scale: scale, weights: weights)
        let steps = plan.backward
        for index in 0..<steps.count {
            switch steps[index] {
            case .kernel(let call):
                call.backward(pass)
                finished?(call.node)
            case .sum(let sum): sum.run()
            }
        }
    }
}
