internal import CVector

/// How pooling reduces the elements under its window to one. Padding is left out.
public enum PoolingReduction: Hashable, Sendable {
    case max
    case average
}

/// dst[n,y,x,c] = the largest or the mean of src under the window; padding takes part in neither.
///
/// Shapes: src (n, h, w, c), dst (n, h', w', c). The gradient goes to the place of the largest (the first of
/// equals), or in equal parts to all places. Of values that are not numbers one is the largest, as in PyTorch.
package final class Pooling2DKernel: Kernel {
    private let samples: Int
    private let reduction: PoolingReduction
    private var positions: stormo_positions
    /// The largest one's place in each window, for the way back; 0 where there is none.
    package let workspaceBytes: Int
    private var buffers:
        (
            src: UnsafeMutablePointer<Float>?, dst: UnsafeMutablePointer<Float>?, diffSrc: UnsafeMutablePointer<Float>?,
            diffDst: UnsafeMutablePointer<Float>?, places: UnsafeMutableRawPointer?
        )

    /// - Parameter image: height, width and channels of src.
    package init(
        _ context: KernelContext, samples: Int, image: (height: Int, width: Int, channels: Int), window: Window2D,
        reduction: PoolingReduction
    ) {
        let result = window.positions(over: (image.height, image.width))
        self.samples = samples
        self.reduction = reduction
        positions = stormo_positions(
            height: image.height, width: image.width, channels: image.channels, filters: 0,
            window_height: window.size.height, window_width: window.size.width, down: window.stride.height,
            across: window.stride.width, top: window.before.height, left: window.before.width, padded_height: 0,
            padded_width: 0, rows: result.height, columns: result.width)
        let keepsPlaces = reduction == .max && context.isDifferentiable
        workspaceBytes =
            keepsPlaces
            ? samples * result.height * result.width * image.channels * stormo_place_bytes(&positions) : 0
    }

    package func bind(_ binding: KernelBinding) {
        buffers = (
            binding.src[0].floats, binding.dst.floats, binding.diffSrc[0], binding.diffDst,
            workspaceBytes == 0 ? nil : binding.workspace
        )
    }

    package func forward(_ pass: KernelPass) {
        switch reduction {
        case .max: stormo_largest(buffers.dst, buffers.places, buffers.src, &positions, samples)
        case .average: stormo_mean(buffers.dst, buffers.src, &positions, samples)
        }
    }

    package func backward(_ pass: KernelPass) {
        guard let diffSrc = buffers.diffSrc else { return }
        switch reduction {
        case .max: stormo_largest_backward(diffSrc, buffers.places, buffers.diffDst, &positions, samples)
        case .average: stormo_mean_backward(diffSrc, buffers.diffDst, &positions, samples)
        }
    }
}
