import Configuration
import Testing

@testable import Reports

struct DifferingKeysTests {
    private func keys(_ nodes: [JSONNode?]) -> [String] { DifferingKeys(nodes).keys.map(\.path) }

    @Test func objectsAreComparedKeyByKeyAndListsOfOneLengthByElement() {
        let first: JSONNode = ["optimizer": ["type": "adam", "rate": 0.1], "layers": [["units": 8], ["units": 3]]]
        let second: JSONNode = ["layers": [["units": 16], ["units": 3]], "optimizer": ["type": "adam", "rate": 0.2]]
        #expect(keys([first, second]) == ["optimizer.rate", "layers[0].units"])
        #expect(keys([first, first]) == [] && keys([first]) == [] && keys([]) == [])
        #expect(keys([first, nil, first]) == [], "a run without a config differs in nothing")
        let values = DifferingKeys([first, nil, second]).keys[0].values
        #expect(values.map { $0?.asNumber } == [0.1, nil, 0.2])
    }

    @Test func keysThatSomeLackAndListsOfOtherLengthDifferAsAWhole() {
        let first: JSONNode = [
            "layers": [["type": "dense", "units": 8]], "optimizer": ["type": "sgd", "momentum": 0.9],
        ]
        let second: JSONNode = [
            "layers": [["type": "dropout", "rate": 0.5], ["type": "flatten"]], "optimizer": ["type": "adam"],
        ]
        let found = DifferingKeys([first, second]).keys
        #expect(found.map(\.path) == ["layers", "optimizer.type", "optimizer.momentum"])
        #expect(found[0].values.map { DifferingKeys.text($0) } == ["dense 8", "dropout 0.5, flatten"])
        #expect(found[2].values.map { DifferingKeys.text($0) } == ["0.9", ""])
    }

    @Test func theShortestEndsThatTellPathsApart() {
        #expect(
            DifferingKeys.shortest([
                "optimizer.learning_rate", "model.layers[0].units", "data.train.file", "data.test.file", "seed",
            ]) == ["learning_rate", "layers[0].units", "train.file", "test.file", "seed"])
        #expect(DifferingKeys.shortest(["training.epochs"], taken: ["epochs"]) == ["training.epochs"])
    }
}
