internal import CVector

/// What a batch normalisation is made for.
package struct BatchNormalizationForm: Hashable, Sendable {
    package var channels: Int
    /// The share of a moving average that a step keeps.
    package var momentum: Double
    package var epsilon: Double
    package var hasScale: Bool
    package var hasOffset: Bool
    /// Whether each shard has the statistics of its own samples alone.
    package var isByShard: Bool

    package init(
        channels: Int, momentum: Double, epsilon: Double, hasScale: Bool, hasOffset: Bool, isByShard: Bool
    ) {
        (self.channels, self.momentum, self.epsilon) = (channels, momentum, epsilon)
        (self.hasScale, self.hasOffset, self.isByShard) = (hasScale, hasOffset, isByShard)
    }

    // Where the inputs stand behind x, γ and β.
    var movingMean: Int { 1 + (hasScale ? 1 : 0) + (hasOffset ? 1 : 0) }
    var movingVariance: Int { movingMean + 1 }
}

/// dst = γ·x̂ + β with x̂ = (x - μ) / √(σ² + ε), where μ and σ² are the mean and the biased variance of each channel over the
/// whole mini-batch, or over the shard alone.
///
/// Shapes: x and dst (…, channels), the others (channels). With N rows in the batch
/// diff_src = γ / √(σ² + ε) · (diff - Σ diff / N - x̂ · Σ diff·x̂ / N), diff_gamma = Σ diff·x̂ and diff_beta = Σ diff.
///
/// One round forward: N, Σ x and Σ x², in double, where the difference σ² = Σ x² / N - μ² loses nothing that floats had.
/// One round backward: Σ diff and Σ diff·(x - μ). By shard the only round is for the moving averages.
package final class BatchNormalizationKernel: CoupledKernel {
    private let rows: Int
    private let form: BatchNormalizationForm
    private var x, movingMean, movingVariance, dst, diffSrc, diffDst: UnsafeMutablePointer<Float>?
    private var learned = ScaleAndOffset()
    private var combined: UnsafePointer<Double>?
    /// The shard's own sums: those forward, then those backward.
    private var own: UnsafeMutablePointer<Double>?
    /// By channel, made anew in each call.
    private var mean, scale, shift, slope: UnsafeMutablePointer<Float>?

    /// - Parameter rows: of the bound samples.
    package init(rows: Int, _ form: BatchNormalizationForm) {
        (self.rows, self.form) = (rows, form)
    }

    package static func forwardSums(channels: Int) -> Int { 1 + 2 * channels }
    package static func backwardSums(channels: Int) -> Int { 2 * channels }

    private var channels: Int { form.channels }
    private var forwardCount: Int { Self.forwardSums(channels: channels) }
    private var vectorBytes: Int { AlignedMemory.aligned(channels * MemoryLayout<Float>.stride) }

    package var workspaceBytes: Int {
        (forwardCount + Self.backwardSums(channels: channels)) * MemoryLayout<Double>.stride
    }
    package var scratchBytes: Int { 4 * vectorBytes }

    package func bind(_ binding: KernelBinding) {
        x = binding.src[0].floats
        learned = ScaleAndOffset(binding, hasScale: form.hasScale, hasOffset: form.hasOffset)
        movingMean = binding.src[form.movingMean].floats
        movingVariance = binding.src[form.movingVariance].floats
        dst = binding.dst.floats
        diffSrc = binding.diffSrc[0]
        diffDst = binding.diffDst
        combined = binding.sums
        own = binding.workspace.assumingMemoryBound(to: Double.self)
        var scratch = Scratch(binding.scratch)
        mean = scratch.take(bytes: vectorBytes)
        scale = scratch.take(bytes: vectorBytes)
        shift = scratch.take(bytes: vectorBytes)
        slope = scratch.take(bytes: vectorBytes)
    }

    // MARK: Statistics

    /// N, Σ x and Σ x² of the batch, or of the shard.
    private var statistics: UnsafePointer<Double>? { form.isByShard ? own.map { UnsafePointer($0) } : combined }

    private func mean(_ sums: UnsafePointer<Double>, _ channel: Int) -> Double { sums[1 + channel] / sums[0] }

    private func variance(_ sums: UnsafePointer<Double>, _ channel: Int) -> Double {
        let mean = mean(sums, channel)
        return max(sums[1 + channels + channel] / sums[0] - mean * mean, 0)
    }

    private func deviation(_ sums: UnsafePointer<Double>, _ channel: Int) -> Double {
        (variance(sums, channel) + form.epsilon).squareRoot()
    }

    package func forwardSums(round: Int, into partial: UnsafeMutablePointer<Double>, _ pass: KernelPass) {
        guard let own else { return }
        own.update(repeating: 0, count: forwardCount)
        own[0] = Double(rows)
        stormo_channel_sums(own + 1, own + 1 + channels, x, rows, channels)
        partial.update(from: own, count: forwardCount)
        guard form.isByShard else { return }
        // The moving average of the variance is that of the shards' variances.
        for channel in 0..<channels { partial[1 + channels + channel] = variance(own, channel) * own[0] }
    }

    package func nextState(input: Int, into next: UnsafeMutablePointer<Float>) {
        guard let combined, let movingMean, let movingVariance else { return }
        let kept = Float(form.momentum)
        for channel in 0..<channels {
            let isMean = input == form.movingMean
            let old = isMean ? movingMean[channel] : movingVariance[channel]
            let new =
                isMean
                ? mean(combined, channel)
                : form.isByShard
                    ? combined[1 + channels + channel] / combined[0] : variance(combined, channel)
            next[channel] = kept * old + (1 - kept) * Float(new)
        }
    }

    // MARK: Passes

    package func forward(_ pass: KernelPass) {
        guard let statistics, let mean, let scale, let shift else { return }
        for channel in 0..<channels {
            mean[channel] = Float(self.mean(statistics, channel))
            scale[channel] = Float(Double(learned.gamma?[channel] ?? 1) / deviation(statistics, channel))
            shift[channel] = learned.beta?[channel] ?? 0
        }
        stormo_channel_scale(dst, x, mean, scale, shift, rows, channels)
    }

    package func backwardSums(round: Int, into partial: UnsafeMutablePointer<Double>, _ pass: KernelPass) {
        guard let own = sumGradients() else { return }
        partial.update(from: own, count: 2 * channels)
    }

    /// Σ diff and Σ diff·(x - μ) of the shard, into the workspace.
    private func sumGradients() -> UnsafeMutablePointer<Double>? {
        guard let own, let statistics, let mean else { return nil }
        for channel in 0..<channels { mean[channel] = Float(self.mean(statistics, channel)) }
        let sums = own + forwardCount
        sums.update(repeating: 0, count: 2 * channels)
        stormo_channel_products(sums, sums + channels, diffDst, x, mean, rows, channels)
        return sums
    }

    package func backward(_ pass: KernelPass) {
        guard let statistics, let own, let mean, let scale, let shift, let slope else { return }
        if form.isByShard { _ = sumGradients() }
        let ownSums = UnsafePointer(own + forwardCount)
        let sums = form.isByShard ? ownSums : statistics + forwardCount
        let count = statistics[0]
        for channel in 0..<channels {
            let deviation = deviation(statistics, channel)
            learned.diffGamma?[channel] = Float(ownSums[channels + channel] / deviation)
            learned.diffBeta?[channel] = Float(ownSums[channel])
            let factor = Double(learned.gamma?[channel] ?? 1) / deviation
            mean[channel] = Float(self.mean(statistics, channel))
            scale[channel] = Float(factor)
            shift[channel] = Float(factor * sums[channel] / count)
            slope[channel] = Float(factor * sums[channels + channel] / (count * deviation * deviation))
        }
        guard let diffSrc else { return }
        stormo_channel_gradient(diffSrc, diffDst, x, mean, scale, shift, slope, rows, channels)
    }
}

/// dst = γ·(x - m) / √(v + ε) + β with stored m and v: a batch normalisation in evaluation, or one that is frozen.
///
/// diff_src = γ / √(v + ε) · diff. Its parameters have no gradient.
package final class StoredNormalizationKernel: Kernel {
    private let rows: Int
    private let form: BatchNormalizationForm
    private var x, movingMean, movingVariance, dst, diffSrc, diffDst: UnsafeMutablePointer<Float>?
    private var scale, zeros: UnsafeMutablePointer<Float>?
    private var learned = ScaleAndOffset()

    package init(rows: Int, _ form: BatchNormalizationForm) {
        (self.rows, self.form) = (rows, form)
    }

    private var vectorBytes: Int { AlignedMemory.aligned(form.channels * MemoryLayout<Float>.stride) }
    package var scratchBytes: Int { 2 * vectorBytes }

    package func bind(_ binding: KernelBinding) {
        (x, dst) = (binding.src[0].floats, binding.dst.floats)
        learned = ScaleAndOffset(binding, hasScale: form.hasScale, hasOffset: form.hasOffset)
        movingMean = binding.src[form.movingMean].floats
        movingVariance = binding.src[form.movingVariance].floats
        (diffSrc, diffDst) = (binding.diffSrc[0], binding.diffDst)
        var scratch = Scratch(binding.scratch)
        scale = scratch.take(bytes: vectorBytes)
        zeros = scratch.take(bytes: vectorBytes)
    }

    /// γ / √(v + ε).
    private func fillScale() {
        guard let scale, let zeros, let movingVariance else { return }
        zeros.update(repeating: 0, count: form.channels)
        for channel in 0..<form.channels {
            let deviation = (Double(movingVariance[channel]) + form.epsilon).squareRoot()
            scale[channel] = Float(Double(learned.gamma?[channel] ?? 1) / deviation)
        }
    }

    package func forward(_ pass: KernelPass) {
        fillScale()
        stormo_channel_scale(dst, x, movingMean, scale, learned.beta ?? zeros, rows, form.channels)
    }

    package func backward(_ pass: KernelPass) {
        guard let diffSrc else { return }
        fillScale()
        stormo_channel_scale(diffSrc, diffDst, zeros, scale, zeros, rows, form.channels)
    }
}
