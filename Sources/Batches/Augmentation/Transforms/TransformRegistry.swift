import Configuration

/// The transforms that a config can name.
public enum TransformRegistry {
    public static let kinds = Registry<any SampleTransform.Type>("transform", builtIn.map { ($0.name, $0) })

    // A built-in kind is a line here, and a file that reads the kind's keys of a config and states what it does.
    private static let builtIn: [any SampleTransform.Type] = [
        RandomCrop.self,
        RandomFlip.self,
        RandomTranslation.self,
        RandomRotation.self,
        RandomBrightness.self,
        RandomContrast.self,
        Cutout.self,
        GaussianNoise.self,
        Mixup.self,
    ]
}
