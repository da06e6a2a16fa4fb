import Network

/// Which layers take the results of which: the ways on which gradients come back from the losses.
struct LayerPaths: Sendable {
    /// For each layer of the model those that take its result, all of which come later.
    let takers: [[Int]]

    init(_ model: Model) {
        let places = Dictionary(uniqueKeysWithValues: model.steps.enumerated().map { ($1.name, $0) })
        var takers = model.steps.map { _ in [Int]() }
        for (index, step) in model.steps.enumerated() {
            // An input of the model is no layer.
            for source in Set(step.inputs) { if let place = places[source] { takers[place].append(index) } }
        }
        self.takers = takers
    }

    /// Layers one behind the other.
    init(chainOf count: Int) { takers = (0..<count).map { $0 + 1 < count ? [$0 + 1] : [] } }
}
