import Kernels

/// Runs a kernel on buffers of its own and compares it with a naive double-precision reference.
package struct KernelCheck {
    package let inputs: [[Float]]
    /// The inputs that are integers, such as labels.
    package let integers: Set<Int>
    package let outputCount: Int
    /// For each input whether its gradient is wanted.
    package let wanted: [Bool]
    package let pass: KernelPass
    /// The gradient of the output.
    package let upstream: [Float]

    /// - Parameter upstream: drawn at random unless given.
    package init(
        inputs: [[Float]], integers: Set<Int> = [], outputCount: Int, wanted: [Bool]? = nil,
        pass: KernelPass = KernelPass(isTraining: true), seed: Int = 1, upstream given: [Float]? = nil
    ) {
        self.inputs = inputs
        self.integers = integers
        self.outputCount = outputCount
        self.wanted = wanted ?? inputs.map { _ in true }
        self.pass = pass
        var random = SeededRandom(seed &+ 7919)
        upstream = given ?? random.floats(outputCount)
    }

    package struct Result {
        package var output: [Float] = []
        package var gradients: [[Float]?] = []
        /// Sentences about memory that was written where it must not be.
        package var faults: [String] = []
    }

    /// One forward and one backward pass on fresh buffers, with all that is anybody's filled with NaN in between.
    package func run(_ kernel: any Kernel) throws(KernelError) -> Result {
        var result = Result()
        let sources = try buffers()
        let output = try GuardedBuffer(count: outputCount)
        let outputGradient = try GuardedBuffer(upstream)
        var gradients: [GuardedBuffer?] = []
        for (input, isWanted) in zip(inputs, wanted) {
            gradients.append(isWanted ? try GuardedBuffer(count: input.count) : nil)
        }
        let workspace = try GuardedBuffer(count: (kernel.workspaceBytes + 3) / 4)
        let scratch = try GuardedBuffer(count: (kernel.scratchBytes + 3) / 4)
        kernel.bind(
            KernelBinding(
                src: sources.map(\.tensor), dst: output.tensor,
                diffSrc: gradients.map { $0?.floats }, diffDst: outputGradient.floats,
                workspace: UnsafeMutableRawPointer(workspace.floats),
                scratch: UnsafeMutableRawPointer(scratch.floats)))
        kernel.forward(pass)
        result.output = output.values
        scratch.poison()
        kernel.backward(pass)
        result.gradients = gradients.map { $0?.values }

        for (index, source) in sources.enumerated() {
            if source.values != inputs[index] { result.faults.append("input \(index) was changed") }
        }
        if !same(output.values, result.output) { result.faults.append("the backward pass changed the output") }
        if outputGradient.values != upstream { result.faults.append("the gradient of the output was changed") }
        let all = sources + [output, outputGradient, workspace, scratch] + gradients.compactMap { $0 }
        if !all.allSatisfy(\.isIntact) { result.faults.append("a kernel wrote beside a buffer") }
        return result
    }

    private func buffers() throws(KernelError) -> [GuardedBuffer] {
        var buffers: [GuardedBuffer] = []
        for (index, values) in inputs.enumerated() {
            buffers.append(integers.contains(index) ? try GuardedBuffer(integers: values) : try GuardedBuffer(values))
        }
        return buffers
    }

    private func same(_ a: [Float], _ b: [Float]) -> Bool { a.map(\.bitPattern) == b.map(\.bitPattern) }

    /// What is wrong with a kernel, as sentences; none if nothing is.
    ///
    /// The output is compared with the reference's, and each wanted gradient with central differences of
    /// Σ upstream·reference. Deviations are relative to the largest number of a tensor.
    /// - Parameters:
    ///   - coordinates: at most so many elements of each input are differentiated, chosen at random.
    ///   - reference: the operator's formula, from its inputs.
    package func problems(
        _ kernel: any Kernel, value valueTolerance: Double = 2e-6, gradient gradientTolerance: Double = 1e-5,
        coordinates: Int = 60, _ reference: ([[Double]]) -> [Double]
    ) throws(KernelError) -> [String] {
        let first = try run(kernel)
        var problems = first.faults
        let point = inputs.map { $0.map(Double.init) }
        let deviation = Deviation.relative(first.output, reference(point))
        if !(deviation <= valueTolerance) { problems.append("output: \(deviation) off") }

        let weights = upstream.map(Double.init)
        func weighted(_ point: [[Double]]) -> Double { zip(reference(point), weights).reduce(0) { $0 + $1.0 * $1.1 } }
        var random = SeededRandom(outputCount)
        for argument in inputs.indices where wanted[argument] {
            guard let gradient = first.gradients[argument] else { continue }
            if !gradient.allSatisfy(\.isFinite) { problems.append("gradient \(argument): not written throughout") }
            let chosen = random.sample(coordinates, below: gradient.count)
            var (measured, expected): ([Float], [Double]) = ([], [])
            for element in chosen {
                let derivative = CentralDifferences.derivative(point, argument: argument, element: element, weighted)
                guard let derivative else { continue }
                measured.append(gradient[element])
                expected.append(derivative)
            }
            // A kink is rare where inputs are drawn well; to pass over many would be to check nothing.
            if expected.count * 10 < chosen.count * 9 { problems.append("gradient \(argument): too many kinks") }
            let deviation = Deviation.relative(measured, expected)
            if !(deviation <= gradientTolerance) { problems.append("gradient \(argument): \(deviation) off") }
        }

        let second = try run(kernel)
        if !same(second.output, first.output) { problems.append("the output differs the second time") }
        for (a, b) in zip(first.gradients, second.gradients) where !same(a ?? [], b ?? []) {
            problems.append("a gradient differs the second time")
        }
        return problems
    }
}
