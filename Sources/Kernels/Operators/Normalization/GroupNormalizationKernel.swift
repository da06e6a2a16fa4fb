internal import CVector

/// dst = γ·x̂ + β with x̂ = (x - μ) / √(σ² + ε), where μ and σ² are the mean and the biased variance of a sample's group of
/// neighbouring channels, over all positions.
///
/// Shapes: x and dst (samples, positions, channels), γ and β (channels) or none; each group has as many channels. With g =
/// γ·diff and sums over a group of n numbers: diff_src = (g - Σ g / n - x̂·Σ g·x̂ / n) / √(σ² + ε).
package final class GroupNormalizationKernel: Kernel {
    private let samples, positions, channels, groups: Int
    private let epsilon: Double
    private let hasScale, hasOffset: Bool
    private var x, dst, diffSrc, diffDst: UnsafeMutablePointer<Float>?
    private var learned = ScaleAndOffset()
    /// By channel: the sums of a sample, and of all samples' parameters.
    private var sums, products, totalsGamma, totalsBeta: UnsafeMutablePointer<Double>?
    private var mean, scale, shift, slope: UnsafeMutablePointer<Float>?

    package init(
        samples: Int, positions: Int, channels: Int, groups: Int, epsilon: Double, hasScale: Bool, hasOffset: Bool
    ) {
        (self.samples, self.positions, self.channels, self.groups) = (samples, positions, channels, groups)
        (self.epsilon, self.hasScale, self.hasOffset) = (epsilon, hasScale, hasOffset)
    }

    private var doubleBytes: Int { AlignedMemory.aligned(channels * MemoryLayout<Double>.stride) }
    private var floatBytes: Int { AlignedMemory.aligned(channels * MemoryLayout<Float>.stride) }
    package var scratchBytes: Int { 4 * doubleBytes + 4 * floatBytes }

    package func bind(_ binding: KernelBinding) {
        (x, dst) = (binding.src[0].floats, binding.dst.floats)
        learned = ScaleAndOffset(binding, hasScale: hasScale, hasOffset: hasOffset)
        (diffSrc, diffDst) = (binding.diffSrc[0], binding.diffDst)
        var scratch = Scratch(binding.scratch)
        sums = scratch.take(bytes: doubleBytes)
        products = scratch.take(bytes: doubleBytes)
        totalsGamma = scratch.take(bytes: doubleBytes)
        totalsBeta = scratch.take(bytes: doubleBytes)
        mean = scratch.take(bytes: floatBytes)
        scale = scratch.take(bytes: floatBytes)
        shift = scratch.take(bytes: floatBytes)
        slope = scratch.take(bytes: floatBytes)
    }

    private var width: Int { channels / groups }
    /// The numbers of a group.
    private var count: Double { Double(positions * width) }

    /// Calls body with the channels, the mean and the deviation of each of a sample's groups.
    @inline(__always)
    private func eachGroup(
        of src: UnsafePointer<Float>, _ body: (_ channels: Range<Int>, _ mean: Double, _ deviation: Double) -> Void
    ) {
        guard let sums, let products else { return }
        sums.update(repeating: 0, count: channels)
        products.update(repeating: 0, count: channels)
        stormo_channel_sums(sums, products, src, positions, channels)
        for group in 0..<groups {
            let own = group * width..<(group + 1) * width
            var (sum, squares) = (0.0, 0.0)
            for channel in own {
                sum += sums[channel]
                squares += products[channel]
            }
            let mean = sum / count
            body(own, mean, (max(squares / count - mean * mean, 0) + epsilon).squareRoot())
        }
    }

    package func forward(_ pass: KernelPass) {
        guard let x, let dst, let mean, let scale, let shift else { return }
        for sample in 0..<samples {
            let begin = sample * positions * channels
            eachGroup(of: x + begin) { own, average, deviation in
                for channel in own {
                    mean[channel] = Float(average)
                    scale[channel] = Float(Double(learned.gamma?[channel] ?? 1) / deviation)
                    shift[channel] = learned.beta?[channel] ?? 0
                }
            }
            stormo_channel_scale(dst + begin, x + begin, mean, scale, shift, positions, channels)
        }
    }

    package func backward(_ pass: KernelPass) {
        guard let x, let diffDst, let sums, let products, let totalsGamma, let totalsBeta, let mean, let scale,
            let shift, let slope
        else { return }
        totalsGamma.update(repeating: 0, count: channels)
        totalsBeta.update(repeating: 0, count: channels)
        for sample in 0..<samples {
            let begin = sample * positions * channels
            // The deviation stands in `slope` until it is used.
            eachGroup(of: x + begin) { own, average, deviation in
                for channel in own { (mean[channel], slope[channel]) = (Float(average), Float(deviation)) }
            }
            sums.update(repeating: 0, count: channels)
            products.update(repeating: 0, count: channels)
            stormo_channel_products(sums, products, diffDst + begin, x + begin, mean, positions, channels)
            for group in 0..<groups {
                let own = group * width..<(group + 1) * width
                let deviation = Double(slope[own.lowerBound])
                var (sum, product) = (0.0, 0.0)
                for channel in own {
                    totalsGamma[channel] += products[channel] / deviation
                    totalsBeta[channel] += sums[channel]
                    let factor = Double(learned.gamma?[channel] ?? 1)
                    sum += factor * sums[channel]
                    product += factor * products[channel]
                }
                for channel in own {
                    scale[channel] = Float(Double(learned.gamma?[channel] ?? 1) / deviation)
                    shift[channel] = Float(sum / (count * deviation))
                    slope[channel] = Float(product / (count * deviation * deviation * deviation))
                }
            }
            guard let diffSrc else { continue }
            stormo_channel_gradient(
                diffSrc + begin, diffDst + begin, x + begin, mean, scale, shift, slope, positions, channels)
        }
        if let diffGamma = learned.diffGamma { stormo_round(diffGamma, totalsGamma, channels) }
        if let diffBeta = learned.diffBeta { stormo_round(diffBeta, totalsBeta, channels) }
    }
}
