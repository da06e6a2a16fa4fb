import Kernels
import Network
import Testing

@testable import Batches
@testable import Metrics

struct AugmentationTests {
    private func message(_ transform: any SampleTransform, _ shape: Shape, _ targets: TargetForm) -> String? {
        Augmentation([transform]).problem(inputShape: shape, targets: targets)?.message
    }

    private let labels = TargetForm.sparseLabels(classes: 10)

    @Test(
        "What does not suit the samples is said in a sentence",
        arguments: [
            (
                .randomFlip(.horizontal), [784],
                "random_flip wants images of height×width×channels, but the samples' shape is 784"
            ),
            (
                .randomCrop(padding: 8, mode: .constant), [10, 8, 1],
                "random_crop pads by 8 pixels, but the images have 10×8 pixels; give a padding of 7 or less"
            ),
            (
                .randomTranslation(height: 0.01, width: 0.02), [20, 20, 3],
                "random_translation would shift by less than half a pixel, since the images have 20×20 pixels; "
                    + "give larger factors"
            ),
            (
                .cutout(size: 9, probability: 1), [8, 8, 1],
                "cutout cuts squares of 9 pixels, but the images have 8×8 pixels; give a smaller size"
            ),
            (
                .randomRotation(degrees: 5), [30_000, 30_000, 3],
                "random_rotation takes images of up to 2³¹ values, but the samples' shape is 30000×30000×3"
            ),
            (
                .mixup(alpha: 0.2), [784],
                "mixup mixes targets, which class numbers do not allow; use the loss categorical_crossentropy"
            ),
        ] as [(any SampleTransform, Shape, String)])
    func problems(_ transform: any SampleTransform, _ shape: Shape, _ sentence: String) {
        #expect(message(transform, shape, labels) == sentence)
    }

    @Test("The first transform that does not fit is named by its place")
    func place() {
        let augmentation = Augmentation([
            .gaussianNoise(deviation: 1), .randomRotation(degrees: 5), .mixup(alpha: 1),
        ])
        #expect(augmentation.problem(inputShape: [4], targets: labels)?.index == 1)
        #expect(augmentation.problem(inputShape: [4, 4, 1], targets: labels)?.index == 2)
        #expect(augmentation.problem(inputShape: [4, 4, 1], targets: .oneHot(classes: 3)) == nil)
    }

    @Test func whatFits() {
        for targets in [.oneHot(classes: 3), .binary(outputs: 1), .values(outputs: 2)] as [TargetForm] {
            #expect(message(.mixup(alpha: 0.2), [5], targets) == nil)
        }
        #expect(message(.gaussianNoise(deviation: 1), [5], labels) == nil)
        #expect(message(.randomCrop(padding: 7, mode: .reflect), [8, 8, 1], labels) == nil)
        #expect(message(.randomTranslation(height: 0, width: 0.1), [8, 8, 1], labels) == nil)
        #expect(message(.randomTranslation(height: 0, width: 0), [8, 8, 1], labels) == nil)
        #expect(message(.cutout(size: 8, probability: 0.5), [8, 4, 1], labels) == nil)
        #expect(Augmentation().problem(inputShape: [5], targets: labels) == nil)
    }
}
