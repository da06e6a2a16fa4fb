public import Configuration

/// The optimizers that a config may name. Each kind is one file, and one line here.
public enum OptimizerRegistry {
    public static let kinds = Registry<any Optimizer.Type>("optimizer", builtIn.map { ($0.name, $0) })

    private static let builtIn: [any Optimizer.Type] = [
        SGD.self,
        Adam.self,
        AdamW.self,
    ]
}
