import Configuration
import Testing

@Suite struct ConfigurationErrorTests {
    @Test func oneMistakeIsOneSentence() {
        let problem = ConfigurationError.Problem(path: "model.layers[2].activaton", line: 14, message: "unknown key")
        let error = ConfigurationError(file: "digits.json", problems: [problem])
        #expect(error.description == "digits.json:14: model.layers[2].activaton: unknown key")
    }

    @Test func severalAreCountedAndSortedByLineThenAsFound() {
        let error = ConfigurationError(
            file: "digits.json",
            problems: [
                ConfigurationError.Problem(path: "z", origin: .assignment("z"), message: "fifth"),
                ConfigurationError.Problem(path: "a.b", origin: .assignment("a"), message: "sixth"),
                ConfigurationError.Problem(path: "c", line: 9, message: "third"),
                ConfigurationError.Problem(path: "b", line: 2, message: "first"),
                ConfigurationError.Problem(path: "a", line: 9, message: "fourth"),
                ConfigurationError.Problem(path: "y", line: 2, message: "second"),
                ConfigurationError.Problem(path: "", line: nil, message: "seventh"),
            ])
        #expect(
            error.description == """
                7 mistakes in digits.json:
                digits.json:2: b: first
                digits.json:2: y: second
                digits.json:9: c: third
                digits.json:9: a: fourth
                --set z: fifth
                --set a: a.b: sixth
                digits.json: seventh
                """)
    }

    @Test func withoutAFileThePathStandsAlone() {
        let one = ConfigurationError.Problem(path: "layers[0].units", line: nil, message: "is missing")
        #expect(ConfigurationError(file: "", problems: [one]).description == "layers[0].units: is missing")
        #expect(
            ConfigurationError(file: "", problems: [one, one]).description == """
                2 mistakes:
                layers[0].units: is missing
                layers[0].units: is missing
                """)
    }

    @Test("Of very many the first are shown, with the count")
    func manyMistakes() throws {
        let diagnostics = Diagnostics()
        for line in 1...200_000 {
            diagnostics.add(ConfigurationError.Problem(path: "k\(line)", line: line, message: "unknown key"))
        }
        #expect(diagnostics.count == 200_000)
        do {
            try diagnostics.throwIfAny(file: "a.json")
            Issue.record("nothing was thrown")
        } catch {
            let lines = error.description.split(separator: "\n")
            #expect(lines.count == 51)
            #expect(lines[0] == "200000 mistakes in a.json; the first 50 are:")
            #expect(lines[50] == "a.json:50: k50: unknown key")
        }
    }

    @Test func whatIsTooLongToReadIsShortened() {
        let long = String(repeating: "x", count: 10_000)
        let error = ConfigurationError(
            file: "a.json",
            problems: [ConfigurationError.Problem(path: long, line: 1, message: "unknown '\(long)'; known: 'a'")])
        let sentence = error.description
        #expect(sentence.utf8.count < 3000)
        #expect(sentence.hasPrefix("a.json:1: xxx"))
        #expect(sentence.hasSuffix("xxx'; known: 'a'"))
    }

    @Test func diagnosticsThrowOnlyWhenThereIsSomething() throws {
        let diagnostics = Diagnostics()
        try diagnostics.throwIfAny(file: "a.json")
        let problem = ConfigurationError.Problem(path: "a", line: 1, message: "is wrong")
        diagnostics.add(problem)
        #expect(throws: ConfigurationError(file: "a.json", problems: [problem])) {
            try diagnostics.throwIfAny(file: "a.json")
        }
    }
}
