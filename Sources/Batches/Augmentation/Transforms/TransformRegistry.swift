import Configuration

/// The transforms that a config may name. A kind is a line here, and a file.
public enum TransformRegistry {
    public static let kinds = Registry<any SampleTransform.Type>("transform", builtIn.map { ($0.name, $0) })

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
