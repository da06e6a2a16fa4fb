import Foundation
import Stormo
import Synchronization

/// What a Swift program does with Stormo: data of its own, a fit that is watched, cancelled and saved, kinds of its own, and
/// answers by name. Returns what a reader of it would like to see, a line each.
public func tour(in folder: String) async throws -> [String] {
    guard areRegistered else { return ["the program's own kinds could not be registered"] }
    var lines = [try numbers(in: folder)]
    lines.append(try await cancelled())
    lines += try table(in: folder)
    return lines
}

/// Doubles, a slice of them, and a layer, a loss and an initialiser of the program's own, saved and loaded.
private func numbers(in folder: String) throws -> String {
    let rows: [[Double]] = (0..<64).map { [Double($0) / 32 - 1, 1] }
    let targets = rows.map { [2 * $0[0] + 0.5] }
    let model = try Model(input: [2]) {
        Dense(8, activation: .tanh, kernelInitializer: .own(Signs(value: 0.25)))
        Scale().named("scaled")
        Dense(1)
    }
    let trainer = try Trainer(
        model, loss: LogCosh(width: 0.5), on: Dataset(inputs: rows[..<48], targets: targets[..<48])
    ) {
        $0.optimizer = .adam(learningRate: 0.02)
        $0.epochs = 60
        $0.batchSize = 8
        $0.metrics = [.meanAbsoluteError]
        $0.validation = try? Dataset(inputs: rows[48...], targets: targets[48...])
    }
    var reports: [EpochReport] = []
    try trainer.fit { reports.append($0) }
    let last = reports[reports.count - 1]
    let path = folder + "/line.h5"
    try trainer.save(path)

    let read = try TrainedModel(contentsOf: path)
    let input: [Float] = [0.25, 1]
    let isSame = try trainer.predict(Dataset(inputs: [input]))[0] == read.predict(input).values
    let names = last.figures.map(\.name).joined(separator: " ")
    return "line: \(last.epoch) of \(last.epochs) epochs, \(names), "
        + ((last["validation_mae"] ?? 9) < 0.3 && isSame ? "learned and the same once loaded" : "wrong")
}

/// A fit that somebody ends.
private func cancelled() async throws -> String {
    let pixels = (0..<256 * 16).map { UInt8($0 % 251) }
    let data = try pixels.withUnsafeBytes {
        try Dataset(copying: $0, of: UInt8.self, shape: [4, 4, 1], labels: (0..<256).map { $0 % 2 })
    }
    let epochs = Mutex(0)
    let task = Task { [data] in
        let model = try Model(input: [4, 4, 1]) {
            Flatten()
            Dense(2, activation: .softmax)
        }
        let trainer = try Trainer(model, loss: .sparseCategoricalCrossEntropy, on: data) { $0.epochs = 10_000_000 }
        try await trainer.fit { report in epochs.withLock { $0 = report.epoch } }
    }
    while epochs.withLock({ $0 }) < 3 { try await Task.sleep(for: .milliseconds(1)) }
    task.cancel()
    do {
        try await task.value
        return "cancelled: not at all"
    } catch is CancellationError {
        return "cancelled: after some epochs"
    }
}

/// A model of a table, asked by the names of its columns.
private func table(in folder: String) throws -> [String] {
    let rows = (0..<120).map { row in
        "\(20 + row % 40),\(["fixed", "free", "none"][row % 3]),\(row % 5 == 0 ? "" : "\(1000 + row % 7)"),"
            + (row % 40 > 18 ? "yes" : "no")
    }
    try Data((["age,job,income,buys"] + rows).joined(separator: "\n").utf8)
        .write(to: URL(fileURLWithPath: folder + "/people.csv"))
    let config = """
        {"data": {"train": {"file": "people.csv", "targets": "buys", "missing": "indicator"}, "normalize": "standardize"},
         "model": {"layers": [
            {"type": "dense", "units": 8, "activation": "tanh", "kernel_initializer": {"type": "tour_signs", "value": 0.5}},
            {"type": "dense", "units": 2, "activation": "softmax"}]},
         "loss": "sparse_categorical_crossentropy", "optimizer": {"type": "adam", "learning_rate": 0.02},
         "training": {"epochs": 60, "batch_size": 16}}
        """
    let run = try TrainingRun(
        RunConfiguration(ConfigurationDocument(text: config, file: "people.json"), directory: folder))
    try run.trainer.fit()
    try run.trainer.save(folder + "/people.h5")

    let model = try TrainedModel(contentsOf: folder + "/people.h5")
    let old = try model.predict(named: ["age": 55, "job": "fixed", "income": 1003])
    let young = try model.predict(named: ["age": 22, "job": "none", "income": nil, "buys": "no"])
    var lines = ["people: \(old.className ?? "?") and \(young.className ?? "?"), \(old.byName?.keys.sorted() ?? [])"]
    for row in [
        ["age": 41, "job": "fixed"], ["age": 41, "job": "boss", "income": 1],
        ["age": "old", "job": "free", "income": 1],
    ]
        as [[String: ColumnValue]]
    {
        do {
            _ = try model.predict(named: row)
            lines.append("no mistake")
        } catch {
            lines.append("\(error)")
        }
    }
    let filled = try model.predict(named: ["age": 41, "job": "boss"], fillsUnknown: true)
    lines.append("filled: \(filled.values.count) values")
    do { _ = try model.predict([41, 0, 1]) } catch { lines.append("\(error)") }
    return lines
}
