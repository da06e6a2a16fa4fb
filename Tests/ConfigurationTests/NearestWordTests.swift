import Testing

@testable import Configuration

@Suite struct NearestWordTests {
    @Test(arguments: [
        ("activaton", "activation"), ("activatoin", "activation"), ("unit", "units"), ("ReLU", "relu"),
        ("rleu", "relu"), ("learningRate", "learning_rate"), ("EPOCHS", "epochs"),
    ])
    func findsTheWordThatWasMeant(word: String, meant: String) {
        let words = ["units", "activation", "relu", "learning_rate", "epochs"]
        #expect(nearestWord(to: word, among: words) == meant)
    }

    @Test func findsNothingWhenNothingIsNear() {
        #expect(nearestWord(to: "momentum", among: ["units", "activation"]) == nil)
        #expect(nearestWord(to: "", among: []) == nil)
        #expect(nearestWord(to: "ab", among: ["xy", "abcd"]) == nil)
        #expect(nearestWord(to: String(repeating: "a", count: 1_000_000), among: ["activation"]) == nil)
    }

    @Test func theThresholdIsAThirdOfTheWord() {
        #expect(nearestWord(to: "abcdef", among: ["abcdxy"]) == "abcdxy")
        #expect(nearestWord(to: "abcdef", among: ["abcxyz"]) == nil)
        #expect(nearestWord(to: "abcde", among: ["abcxy"]) == nil)
    }

    @Test func ofEquallyNearWordsTheFirstIsTaken() {
        #expect(nearestWord(to: "max", among: ["may", "mac", "map"]) == "may")
        #expect(nearestWord(to: "max", among: ["map", "mac", "may"]) == "map")
        #expect(nearestWord(to: "max", among: ["map", "Max"]) == "Max")
    }

    @Test(arguments: [
        ("", "", 0), ("", "abc", 3), ("abc", "", 3), ("kitten", "sitting", 3), ("ab", "ba", 1), ("ca", "abc", 3),
        ("flaw", "lawn", 2), ("same", "same", 0),
    ])
    func distancesAreThoseOfOptimalStringAlignment(first: String, second: String, distance: Int) {
        #expect(editDistance(Array(first), Array(second)) == distance)
    }
}
