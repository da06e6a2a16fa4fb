internal import CVector

/// In training dst = src·mask / (1 - rate), with a mask that is 0 with probability `rate`; otherwise dst = src.
///
/// The mask is not kept: its random numbers follow from the run's seed, the step, the layer and the sample's place
/// in the batch, so the backward pass makes them again, and no thread or shard can change them.
/// Srivastava et al., "Dropout", JMLR 2014, in the inverted form.
package final class DropoutKernel: Kernel {
    private let samples: Int
    private let width: Int
    private let threshold: UInt32
    private let scale: Float
    private let layer: UInt32
    private var src, dst: UnsafeMutablePointer<Float>?
    private var diffDst, diffSrc: UnsafeMutablePointer<Float>?

    /// - Parameters:
    ///   - width: the elements of one sample.
    ///   - rate: the share of elements that are dropped, 0 ≤ rate < 1.
    ///   - layer: tells the layers of one network apart.
    package init(samples: Int, width: Int, rate: Double, layer: UInt32) {
        self.samples = samples
        self.width = width
        self.layer = layer
        threshold = UInt32(rate * 4_294_967_296)
        scale = Float(1 / (1 - rate))
    }

    package func bind(_ binding: KernelBinding) {
        src = binding.src[0].floats
        dst = binding.dst.floats
        diffDst = binding.diffDst
        diffSrc = binding.diffSrc[0]
    }

    package func forward(_ pass: KernelPass) {
        guard let src, let dst else { return }
        if pass.isTraining { mask(dst, src, pass) } else { dst.update(from: src, count: samples * width) }
    }

    package func backward(_ pass: KernelPass) {
        guard let diffDst, let diffSrc else { return }
        if pass.isTraining {
            mask(diffSrc, diffDst, pass)
        } else {
            diffSrc.update(from: diffDst, count: samples * width)
        }
    }

    private func mask(_ to: UnsafeMutablePointer<Float>, _ from: UnsafeMutablePointer<Float>, _ pass: KernelPass) {
        Philox.withKey(pass.seed) { key in
            for sample in 0..<samples {
                stormo_dropout(
                    to + sample * width, from + sample * width, width, threshold, scale,
                    UInt32(truncatingIfNeeded: pass.firstSample + sample), UInt32(truncatingIfNeeded: pass.step),
                    layer, key)
            }
        }
    }
}
