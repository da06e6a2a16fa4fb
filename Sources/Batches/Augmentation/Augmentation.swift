import Kernels
import Network

/// What is done to each training sample before it reaches the model: transforms in their order.
///
/// A transform draws its random numbers from the run's seed, the step, the sample's place in the batch and its own
/// place in the list, so that they do not depend on who applies it. Only `mixup` looks at other samples. Samples of
/// validation and test are never augmented.
public struct Augmentation: Sendable, Hashable {
    public var transforms: [Transform]

    public init(_ transforms: [Transform] = []) { self.transforms = transforms }

    /// One transform. All but `gaussianNoise` and `mixup` want images of shape (height, width, channels). They work
    /// on inputs that have been normalised; "black" is what a stored 0 has become by that, in each channel.
    public enum Transform: Sendable, Hashable {
        /// Pads the image on all sides and cuts a piece of the image's own size out of it, at a random place: a
        /// shift by -padding ... padding whole pixels in both directions.
        case randomCrop(padding: Int, mode: PaddingMode)
        /// Mirrors the image with probability ½, for each of the directions.
        case randomFlip(FlipMode)
        /// Shifts the image by whole pixels, up to these shares of its height and its width to either side. What
        /// comes in from outside is black.
        case randomTranslation(height: Double, width: Double)
        /// Turns the image about its centre by -degrees ... degrees, with bilinear interpolation. What comes in
        /// from outside is black.
        case randomRotation(degrees: Double)
        /// Multiplies the values as they are stored by 1 - factor ... 1 + factor, without clipping them.
        case randomBrightness(factor: Double)
        /// Multiplies the distance of each value from its channel's mean in this image by 1 - factor ... 1 + factor.
        case randomContrast(factor: Double)
        /// With the given probability makes a square black whose centre is anywhere in the image; what of it is
        /// outside is lost. DeVries and Taylor, "Improved regularization of convolutional neural networks with
        /// cutout", 2017.
        case cutout(size: Int, probability: Double)
        /// Adds normal noise of this standard deviation, in units of the normalised inputs, to each value.
        case gaussianNoise(deviation: Double)
        /// Replaces each sample, its target included, by λ times itself and 1 - λ times another sample, with its
        /// own λ from Beta(alpha, alpha). Zhang et al., "mixup: Beyond empirical risk minimization", ICLR 2018.
        ///
        /// The other sample is of the same shard, at a distance that the whole shard shares and that is random in
        /// each step: the result depends on the number of shards, not on that of workers. A shard of one sample
        /// stays as it is.
        case mixup(alpha: Double)
    }

    /// What an image is padded with before it is cropped.
    public enum PaddingMode: String, Sendable, CaseIterable {
        /// Black.
        case constant
        /// The image mirrored at its outermost pixels, which are not repeated.
        case reflect
    }

    /// The directions in which an image may be mirrored.
    public enum FlipMode: String, Sendable, CaseIterable {
        case horizontal
        case vertical
        case horizontalAndVertical = "horizontal_and_vertical"
    }

    /// The first transform that cannot be applied to such samples, and why, as the rest of a sentence that begins
    /// with its place; nil if all can.
    package func problem(inputShape: Shape, targets: TargetForm) -> (index: Int, message: String)? {
        for (index, transform) in transforms.enumerated() {
            if let message = transform.problem(inputShape, targets) { return (index, message) }
        }
        return nil
    }
}

extension Augmentation.Transform {
    /// The name by which a config calls it.
    package var name: String {
        switch self {
        case .randomCrop: "random_crop"
        case .randomFlip: "random_flip"
        case .randomTranslation: "random_translation"
        case .randomRotation: "random_rotation"
        case .randomBrightness: "random_brightness"
        case .randomContrast: "random_contrast"
        case .cutout: "cutout"
        case .gaussianNoise: "gaussian_noise"
        case .mixup: "mixup"
        }
    }

    fileprivate func problem(_ shape: Shape, _ targets: TargetForm) -> String? {
        switch self {
        case .gaussianNoise: return nil
        case .mixup:
            guard case .sparseLabels = targets else { return nil }
            return "mixup mixes targets, which class numbers do not allow; use the loss categorical_crossentropy"
        default: break
        }
        guard shape.rank == 3 else {
            return "\(name) wants images of height×width×channels, but the samples' shape is \(shape)"
        }
        let (height, width) = (shape[0], shape[1])
        let size = "the images have \(height)×\(width) pixels"
        switch self {
        case .randomCrop(let padding, _) where padding >= min(height, width):
            return "random_crop pads by \(padding) pixels, but \(size); give a padding of \(min(height, width) - 1) or "
                + "less"
        case .randomTranslation(let high, let wide) where high + wide > 0:
            guard pixels(height, high) == 0, pixels(width, wide) == 0 else { return nil }
            return "random_translation would shift by less than half a pixel, since \(size); give larger factors"
        case .cutout(let side, _) where side > max(height, width):
            return "cutout cuts squares of \(side) pixels, but \(size); give a smaller size"
        case .randomRotation:
            // Places in an image are counted in 32 bits while it is turned.
            let (area, overflows) = (height + 3).multipliedReportingOverflow(by: width + 3)
            let (count, overflowsToo) = area.multipliedReportingOverflow(by: shape[2])
            guard overflows || overflowsToo || count > Int(Int32.max) else { return nil }
            return "random_rotation takes images of up to 2³¹ values, but the samples' shape is \(shape)"
        default: return nil
        }
    }

    /// The most pixels of a shift by a share of an extent.
    func pixels(_ extent: Int, _ factor: Double) -> Int { Int((Double(extent) * factor).rounded()) }
}
