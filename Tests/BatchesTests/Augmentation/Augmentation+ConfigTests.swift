import Configuration
import Testing

@testable import Batches

struct AugmentationConfigTests {
    /// What a list says, and the mistakes in it as `path: message`.
    private func read(_ list: String) throws -> (augmentation: Augmentation, mistakes: [String]) {
        let document = try ConfigurationDocument(text: "{\"augment\": \(list)}", file: "a.json")
        let diagnostics = Diagnostics()
        let root = ObjectReader(document.root, path: "", diagnostics: diagnostics)
        let augmentation = Augmentation(reading: root.objects("augment"))
        do throws(ConfigurationError) {
            try diagnostics.throwIfAny(file: "a.json")
            return (augmentation, [])
        } catch {
            return (augmentation, error.problems.map { "\($0.path): \($0.message)" })
        }
    }

    @Test func defaults() throws {
        let list = Augmentation.names.map { "{\"type\": \"\($0)\"}" }.joined(separator: ", ")
        let (augmentation, mistakes) = try read("[\(list)]")
        #expect(mistakes == [])
        #expect(
            augmentation
                == Augmentation([
                    .randomCrop(padding: 4, mode: .constant), .randomFlip(.horizontal),
                    .randomTranslation(height: 0.1, width: 0.1), .randomRotation(degrees: 15),
                    .randomBrightness(factor: 0.2), .randomContrast(factor: 0.2),
                    .cutout(size: 8, probability: 1),
                    .gaussianNoise(deviation: 0.1), .mixup(alpha: 0.2),
                ]))
        #expect(augmentation.transforms.map { $0.typeName } == Augmentation.names)
    }

    @Test("What is written out reads as the same")
    func roundTrip() throws {
        let augmentation = Augmentation([
            .randomCrop(padding: 2, mode: .reflect), .randomFlip(.horizontalAndVertical),
            .randomFlip(.vertical),
            .randomTranslation(height: 0.25, width: 0), .randomRotation(degrees: 7.5),
            .randomBrightness(factor: 0.3),
            .randomContrast(factor: 1), .cutout(size: 3, probability: 0.5),
            .gaussianNoise(deviation: 0.01),
            .mixup(alpha: 1), .randomFlip(.horizontal),
        ])
        let node = augmentation.configuration
        #expect(
            node == [
                ["type": "random_crop", "padding": 2, "mode": "reflect"],
                ["type": "random_flip", "mode": "horizontal_and_vertical"],
                ["type": "random_flip", "mode": "vertical"],
                ["type": "random_translation", "height_factor": 0.25, "width_factor": 0.0],
                ["type": "random_rotation", "degrees": 7.5], ["type": "random_brightness", "factor": 0.3],
                ["type": "random_contrast", "factor": 1.0],
                ["type": "cutout", "size": 3, "probability": 0.5],
                ["type": "gaussian_noise", "stddev": 0.01], ["type": "mixup", "alpha": 1.0],
                ["type": "random_flip", "mode": "horizontal"],
            ])
        let diagnostics = Diagnostics()
        let root = ObjectReader(["augment": node], path: "", diagnostics: diagnostics)
        #expect(Augmentation(reading: root.objects("augment")) == augmentation)
        try diagnostics.throwIfAny(file: "")
    }

    @Test func everyMistakeIsASentence() throws {
        let (augmentation, mistakes) = try read(
            """
            [
              {"type": "random_crop", "padding": -1, "mode": "mirror"},
              {"type": "random_flop"},
              {"padding": 4},
              {"type": "random_flip", "mode": "horizontel", "probability": 0.5},
              {"type": "random_translation", "height_factor": 2, "width_factor": "0.1"},
              {"type": "random_rotation", "degrees": 270},
              {"type": "random_brightness", "factor": -0.1},
              {"type": "random_contrast", "factor": 1.5},
              {"type": "cutout", "size": 0, "probability": 2},
              {"type": "gaussian_noise", "stddev": -1},
              {"type": "mixup", "alpha": 0},
              "mixup"
            ]
            """)
        #expect(
            mistakes == [
                "augment[0].padding: must be 0 or more, but is -1",
                "augment[0].mode: unknown padding mode 'mirror'; known: 'constant', 'reflect'",
                "augment[1].type: unknown transform 'random_flop'; did you mean 'random_flip'?",
                "augment[2].type: is missing; give one of 'random_crop', 'random_flip', 'random_translation', "
                    + "'random_rotation', 'random_brightness', 'random_contrast', 'cutout', 'gaussian_noise', 'mixup'",
                "augment[3].mode: unknown direction 'horizontel'; did you mean 'horizontal'?",
                "augment[3].probability: unknown key; known: 'type', 'mode'",
                "augment[4].height_factor: must be from 0 to 1, but is 2",
                "augment[4].width_factor: must be a number from 0 to 1, but is the string \"0.1\"",
                "augment[5].degrees: must be from 0 to 180, but is 270",
                "augment[6].factor: must be from 0 to 1, but is -0.1",
                "augment[7].factor: must be from 0 to 1, but is 1.5",
                "augment[8].size: must be 1 or more, but is 0",
                "augment[8].probability: must be from 0 to 1, but is 2",
                "augment[9].stddev: must be from 0 to 1000000, but is -1",
                "augment[10].alpha: must be above 0 and at most 1000, but is 0",
                "augment[11]: must be an object, but is the string \"mixup\"",
            ])
        #expect(augmentation.transforms.count == 9)
    }
}
