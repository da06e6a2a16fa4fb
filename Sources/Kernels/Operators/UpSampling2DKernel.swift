/// How pixels between pixels are made.
public enum Interpolation: String, CaseIterable, Sendable {
    /// Each pixel is repeated.
    case nearest
    /// Between the centres of four pixels in proportion to the distances; beyond the outermost centres they are repeated.
    case bilinear
}

/// dst = src enlarged by whole factors: dst[n, y, x, c] = Σ weight·src over one pixel or the four around it.
///
/// Shapes: src (n, h, w, c), dst (n, h·down, w·across, c). The gradient goes back by the same weights.
package final class UpSampling2DKernel: Kernel {
    private let samples, height, width, channels: Int
    private let rows, columns: [Tap]
    private let isBilinear: Bool
    private var src, dst, diffSrc, diffDst: UnsafeMutablePointer<Float>?

    /// The two pixels along an axis between which one of dst lies, and the second one's weight.
    private struct Tap {
        let first, second: Int
        let weight: Float

        /// - Parameter count: the pixels of src along the axis.
        init(_ place: Int, of count: Int, factor: Int, _ interpolation: Interpolation) {
            guard interpolation == .bilinear else {
                (first, second, weight) = (place / factor, place / factor, 0)
                return
            }
            // Centres are at half pixels.
            let centre = (Double(place) + 0.5) / Double(factor) - 0.5
            let below = Int(centre.rounded(.down))
            first = max(below, 0)
            second = min(below + 1, count - 1)
            weight = Float(centre - Double(below))
        }
    }

    /// - Parameter image: height, width and channels of src.
    package init(
        samples: Int, image: (height: Int, width: Int, channels: Int), factors: (down: Int, across: Int),
        _ interpolation: Interpolation
    ) {
        (self.samples, height, width, channels) = (samples, image.height, image.width, image.channels)
        rows = (0..<image.height * factors.down).map {
            Tap($0, of: image.height, factor: factors.down, interpolation)
        }
        columns = (0..<image.width * factors.across).map {
            Tap($0, of: image.width, factor: factors.across, interpolation)
        }
        isBilinear = interpolation == .bilinear
    }

    package func bind(_ binding: KernelBinding) {
        (src, dst) = (binding.src[0].floats, binding.dst.floats)
        (diffSrc, diffDst) = (binding.diffSrc[0], binding.diffDst)
    }

    /// Calls body with the place of each pixel of dst and, of src, the pixels and weights that make it.
    @inline(__always)
    private func each(
        _ body: (
            _ place: Int, _ pixels: (Int, Int, Int, Int), _ weights: (Float, Float, Float, Float)
        ) -> Void
    ) {
        var place = 0
        for sample in 0..<samples {
            for row in rows {
                let (upper, lower) = (
                    (sample * height + row.first) * width, (sample * height + row.second) * width
                )
                for column in columns {
                    let (v, u) = (row.weight, column.weight)
                    body(
                        place,
                        (
                            (upper + column.first) * channels, (upper + column.second) * channels,
                            (lower + column.first) * channels, (lower + column.second) * channels
                        ), ((1 - v) * (1 - u), (1 - v) * u, v * (1 - u), v * u))
                    place += channels
                }
            }
        }
    }

    package func forward(_ pass: KernelPass) {
        guard let src, let dst else { return }
        guard isBilinear else {
            return each { place, pixels, _ in (dst + place).update(from: src + pixels.0, count: channels) }
        }
        each { place, pixels, weights in
            for c in 0..<channels {
                dst[place + c] =
                    weights.0 * src[pixels.0 + c] + weights.1 * src[pixels.1 + c] + weights.2 * src[pixels.2 + c]
                    + weights.3 * src[pixels.3 + c]
            }
        }
    }

    package func backward(_ pass: KernelPass) {
        guard let diffSrc, let diffDst else { return }
        diffSrc.update(repeating: 0, count: samples * height * width * channels)
        guard isBilinear else {
            return each { place, pixels, _ in
                for c in 0..<channels { diffSrc[pixels.0 + c] += diffDst[place + c] }
            }
        }
        each { place, pixels, weights in
            for c in 0..<channels {
                let diff = diffDst[place + c]
                diffSrc[pixels.0 + c] += weights.0 * diff
                diffSrc[pixels.1 + c] += weights.1 * diff
                diffSrc[pixels.2 + c] += weights.2 * diff
                diffSrc[pixels.3 + c] += weights.3 * diff
            }
        }
    }
}
