import Testing

@testable import Configuration

@Suite struct KeySynonymsTests {
    private func said(_ key: String, _ path: String, _ known: [String]) -> String {
        KeySynonyms.suggestion(for: key, in: path, among: known)
    }

    private static let training = ["epochs", "batch_size", "shuffle", "early_stopping"]
    private static let sgd = ["type", "learning_rate", "momentum", "nesterov", "weight_decay", "global_clipnorm", "schedule"]
    private static let adam = ["type", "learning_rate", "beta_1", "beta_2", "epsilon", "schedule"]

    /// What other programs call a key.
    @Test(arguments: [
        ("lr", "optimizer", sgd, "learning_rate"), ("LR", "optimizer", sgd, "learning_rate"),
        ("wd", "optimizer", sgd, "weight_decay"), ("max_grad_norm", "optimizer", sgd, "global_clipnorm"),
        ("eps", "optimizer", adam, "epsilon"), ("lr_scheduler", "optimizer", adam, "schedule"),
        ("bs", "training", training, "batch_size"), ("n_epochs", "training", training, "epochs"),
        ("num_epochs", "training", training, "epochs"), ("max_epochs", "training", training, "epochs"),
        ("hidden", "model.layers[0]", ["type", "units", "activation"], "units"),
        ("out_channels", "model.layers[0]", ["type", "filters", "kernel_size"], "filters"),
        ("dropout_rate", "model.layers[0]", ["type", "rate"], "rate"), ("p", "model.layers[0]", ["type", "rate"], "rate"),
        ("val", "data", ["train", "validation"], "validation"), ("sep", "data.train", ["file", "delimiter"], "delimiter"),
        ("random_state", "", ["seed", "loss"], "seed"), ("criterion", "", ["seed", "loss"], "loss"),
        ("name", "optimizer", adam, "type"),
    ])
    func isTold(key: String, path: String, known: [String], meant: String) {
        #expect(said(key, path, known) == "did you mean '\(meant)'?")
    }

    @Test func severalAreMeantTogether() {
        #expect(said("betas", "optimizer", Self.adam) == "did you mean 'beta_1' and 'beta_2'?")
    }

    /// A key that stands elsewhere.
    @Test(arguments: [
        ("epochs", "", "training.epochs"), ("batch_size", "", "training.batch_size"), ("lr", "", "optimizer.learning_rate"),
        ("learning_rate", "training", "optimizer.learning_rate"), ("patience", "training", "training.early_stopping.patience"),
        ("workers", "training", "parallel.workers"), ("folds", "", "data.k_fold"), ("seed", "training", "seed"),
    ])
    func isTakenToItsPlace(key: String, path: String, place: String) {
        #expect(said(key, path, ["name", "model"]) == "did you mean '\(place)'?")
    }

    @Test func aKeyThatTheKindDoesNotHave() {
        #expect(said("weight_decay", "optimizer", Self.adam) == "did you mean the 'weight_decay' of the type 'adamw'?")
        #expect(said("l2", "optimizer", Self.adam) == "did you mean the 'weight_decay' of the type 'adamw'?")
        // Its place is where it was looked for.
        #expect(said("beta_1", "optimizer", ["type", "momentum"]) == "known: 'type', 'momentum'")
    }

    @Test func otherWordsAreTheNearest() {
        #expect(said("epoch", "training", Self.training) == "did you mean 'epochs'?")
        #expect(said("zeal", "", ["model"]) == "known: 'model'")
    }
}
