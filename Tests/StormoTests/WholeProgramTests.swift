import Kernels
import OwnKinds
import TestSupport
import Testing

/// A program that knows the library's public face alone.
@Suite struct WholeProgramTests {
    @Test func arithmetic() throws { #expect(try WholeProgram.derivative() == -24) }

    @Test func aModelIsFittedEvaluatedSavedAndReadAgain() throws {
        let directory = try TestDirectory()
        let fitted = try WholeProgram.fit(savingTo: directory.file("circle.h5"))
        #expect(fitted.history.count == 15 && fitted.epochsSeen == 15)
        #expect(fitted.evaluation.metrics[0] > 0.9 && fitted.evaluation.samples == 100)
        #expect(fitted.predictions.count == 100 && fitted.predictions.allSatisfy { $0.count == 2 })
        #expect(fitted.readPredictions == fitted.predictions.flatMap { $0 })
        #expect(fitted.readEvaluation.metrics == fitted.evaluation.metrics)
        #expect(fitted.slopes?.count == 16 && fitted.slopes != Array(repeating: 0.25, count: 16))
    }

    @Test func severalInputsAndOutputs() throws {
        let (shapes, predictions) = try WholeProgram.fitSeveral()
        #expect(shapes == [[3], [1]])
        #expect(predictions.map(\.count) == [12, 12] && predictions.map { $0[0].count } == [3, 1])
    }

    @Test func aConfigIsRunAndGoneOnWith() throws {
        let directory = try TestDirectory()
        let ran = try WholeProgram.run(
            "digits-mlp.json", in: Repository.path + "/Configs", output: directory.path + "/run")
        #expect(ran.outcome.history.count == 2 && ran.longer.history.count == 3 && ran.epochs == 3)
        #expect(ran.outcome.test != nil && ran.longer.signal == nil && ran.longer.saveFailure == nil)
        #expect(ran.samples == 359 && ran.predictions.count == 3590)
        #expect(ran.gradientsAgree)
    }

    @Test func mistakesAreSentences() {
        #expect(
            WholeProgram.mistakes() == [
                "unknown key; did you mean 'seed'?", "cannot open /nowhere/model.h5: there is no such file",
                "layers[0]: layer 'reshape' does not fit behind what comes before it ('input' gives 2): reshape: 2 has 2 elements "
                    + "and can't become 3, which has 3",
                "inputs: row 1 has 2 numbers, but should have 1",
            ])
    }
}
