import Configuration
import Kernels
import Network
import RunSupport
import Testing

@testable import Batches
@testable import Metrics
@testable import Runs

@Suite struct ClassWeightsTests {
    private func read(_ text: String) throws -> (weights: ClassWeights?, mistakes: [String]) {
        var document = try ConfigurationDocument(text: "{}", file: "a.json")
        try document.set("class_weight=\(text)")
        let diagnostics = Diagnostics()
        let reader = ObjectReader(document.root, path: "data", diagnostics: diagnostics)
        let weights = ClassWeights(reading: reader, key: "class_weight")
        reader.finish()
        do throws(ConfigurationError) {
            try diagnostics.throwIfAny(file: "a.json")
            return (weights, [])
        } catch {
            return (weights, error.problems.map { "\($0.path): \($0.message)" })
        }
    }

    @Test(arguments: [
        ("balanced", ClassWeights.balanced), ("[1, 0.5, 3]", .list([1, 0.5, 3])), ("null", nil),
        (#"{"0": 1, "10": 2.5}"#, .table([0: 1, 10: 2.5])), ("{}", .table([:])),
        (#"{"20000001": 1, "2147483647": 2}"#, .table([20_000_001: 1, 2_147_483_647: 2])),
    ])
    func readAndWritten(text: String, weights: ClassWeights?) throws {
        let found = try read(text)
        #expect(found.weights == weights)
        #expect(found.mistakes == [])
        guard let weights else { return }
        let written = weights.configuration.jsonText(pretty: false)
        #expect(try read(written).weights == weights)
    }

    @Test(arguments: [
        ("even", "data.class_weight: unknown class weight 'even'; known: 'balanced'"),
        ("[]", "data.class_weight: must have a weight for each class, at least 2, but has 0"),
        ("[1]", "data.class_weight: must have a weight for each class, at least 2, but has 1"),
        ("[1, -1]", "data.class_weight[1]: must be from 0 to 1000000000, but is -1"),
        (#"[1, "a"]"#, "data.class_weight[1]: must be a number from 0 to 1000000000, but is the string \"a\""),
        (
            "2",
            "data.class_weight: must be \"balanced\", a list of weights, or an object of weights by label, but is 2"
        ),
        (
            "true",
            "data.class_weight: must be \"balanced\", a list of weights, or an object of weights by label, but is true"
        ),
        (
            #"{"cat": 1}"#,
            "data.class_weight.cat: is not a label; labels are whole numbers from 0 to 2147483647"
        ),
        (#"{"01": 1}"#, "data.class_weight.01: is not a label; labels are whole numbers from 0 to 2147483647"),
        (
            #"{"2147483648": 1}"#,
            "data.class_weight.2147483648: is not a label; labels are whole numbers from 0 to 2147483647"
        ),
        (#"{"1": -2}"#, "data.class_weight.1: must be from 0 to 1000000000, but is -2"),
    ])
    func mistakesAreNamed(text: String, sentence: String) throws {
        #expect(try read(text).mistakes == [sentence])
    }

    // MARK: - Weights

    /// scikit-learn 1.9.1: compute_class_weight("balanced", classes=[0, 1, 2], y=[0]*6 + [1]*3 + [2])
    @Test func balanced() throws {
        let weights = try ClassWeights.balanced.weights(counts: [6, 3, 1])
        #expect(weights == [Float(10.0 / 18), Float(10.0 / 9), Float(10.0 / 3)])
        // A class that has no samples is not one of those that are balanced.
        #expect(try ClassWeights.balanced.weights(counts: [6, 0, 2]) == [Float(8.0 / 12), 1, 2])
        #expect(try ClassWeights.balanced.weights(counts: [0, 0]) == [1, 1])
    }

    private func sentence(_ weights: ClassWeights, _ counts: [Int]) -> String? {
        do throws(ClassWeightsError) {
            _ = try weights.weights(counts: counts)
            return nil
        } catch {
            return error.description
        }
    }

    @Test func given() throws {
        #expect(try ClassWeights.list([0, 2]).weights(counts: [5, 5]) == [0, 2])
        #expect(try ClassWeights.table([1: 3]).weights(counts: [5, 5, 0]) == [1, 3, 1])
        #expect(
            sentence(.list([1, 2]), [1, 1, 1]) == "has 2 weights, but there are 3 classes; give one for each")
        #expect(
            sentence(.table([0: 1, 7: 2, 5: 1]), [1, 1, 1])
                == "names the label 5, but the labels of 3 classes end at 2")
    }

    @Test func whatHasNoClasses() {
        func problem(_ form: TargetForm, rows: Int = 1) -> String? {
            ClassWeights.problem(with: MetricLayout(form: form, rowsPerSample: rows))
        }
        #expect(problem(.sparseLabels(classes: 3)) == nil)
        #expect(problem(.oneHot(classes: 3)) == nil)
        #expect(problem(.binary(outputs: 1)) == nil)
        #expect(
            problem(.values(outputs: 1))
                == "needs class or binary targets, but these are regression values; leave it out")
        #expect(
            problem(.binary(outputs: 4))
                == "needs one class for each sample, but there are 4 binary outputs; leave it out")
        #expect(
            problem(.sparseLabels(classes: 3), rows: 64)
                == "needs one class for each sample, but there are 64; leave it out")
    }

    @Test func aConfigWithWeightsForNoClassesIsRefused() throws {
        let run = try RunConfiguration(smallest("data.class_weight=balanced", "loss=huber"), directory: "")
        let model = try run.model(input: [2])
        #expect {
            _ = try run.objective(model)
        } throws: {
            "\($0)".contains(
                "data.class_weight: needs class or binary targets, but these are regression values; leave it out")
        }
    }

    // MARK: - Samples

    private func fill(_ layout: MetricLayout, _ weights: [Float], _ targets: [Float], samples: Int) -> [Float] {
        var result = Array(repeating: Float(-1), count: samples + 1)
        var floats = targets
        var labels = layout.form.element == .int32 ? targets.map { Int32($0) } : []
        labels.withUnsafeMutableBufferPointer { labels in
            floats.withUnsafeMutableBufferPointer { floats in
                let targets =
                    layout.form.element == .int32
                    ? TensorPointer.int32(labels.baseAddress!) : .float32(floats.baseAddress!)
                ClassWeightTable(weights, layout: layout).fill(&result, targets: targets, samples: samples)
            }
        }
        #expect(result[samples] == -1)
        return Array(result[..<samples])
    }

    @Test func samplesWeighByTheirClass() {
        let sparse = MetricLayout(form: .sparseLabels(classes: 3))
        #expect(fill(sparse, [0.5, 2, 3], [2, 0, 1, 0, 7], samples: 5) == [3, 0.5, 2, 0.5, 1])
        let ignoring = MetricLayout(form: .sparseLabels(classes: 3), ignoredLabel: 1)
        #expect(fill(ignoring, [0.5, 2, 3], [2, 0, 1], samples: 3) == [3, 0.5, 1])
        let oneHot = MetricLayout(form: .oneHot(classes: 3))
        #expect(
            fill(oneHot, [0.5, 2, 3], [0, 0, 1, 0.9, 0.1, 0, 0, 1, 0, .nan, 0, 0], samples: 4) == [3, 0.5, 2, 1])
        let binary = MetricLayout(form: .binary(outputs: 1))
        #expect(fill(binary, [0.5, 2], [0, 1, 0.4, 0.6], samples: 4) == [0.5, 2, 0.5, 2])
        #expect(ClassWeightTable([0.5, 2], layout: binary).weight(of: 1) == 2)
    }

    /// 1000 rows, so that more than one chunk is read.
    @Test func storedTargetsAreCounted() throws {
        let labels = (0..<1000).map { Float($0 % 7 == 0 ? 2 : $0 % 2) }
        let expected = [0, 1, 2].map { label in labels.count { $0 == Float(label) } }
        let column = try StoredTensor(labels.map { [$0] }, rowShape: .scalar)
        let sparse = MetricLayout(form: .sparseLabels(classes: 3))
        #expect(try ClassWeightTable.count(column, encoding: .stored, layout: sparse) == expected)
        let ignoring = MetricLayout(form: .sparseLabels(classes: 3), ignoredLabel: 2)
        #expect(
            try ClassWeightTable.count(column, encoding: .stored, layout: ignoring) == [expected[0], expected[1], 0])
        let oneHot = MetricLayout(form: .oneHot(classes: 3))
        #expect(
            try ClassWeightTable.count(column, encoding: .oneHot(labels: 1, classes: 3), layout: oneHot) == expected)
        let rows = try StoredTensor(
            labels.map { label in (0..<3).map { Float($0) == label ? 1 : 0 } }, rowShape: [3])
        #expect(try ClassWeightTable.count(rows, encoding: .stored, layout: oneHot) == expected)
        let binary = try StoredTensor(labels.map { [$0 == 1 ? 1 : 0] }, rowShape: [1])
        #expect(
            try ClassWeightTable.count(binary, encoding: .stored, layout: MetricLayout(form: .binary(outputs: 1)))
                == [1000 - expected[1], expected[1]])
    }

    /// With balanced weights every class weighs the same, and a sample 1 on the average.
    @Test func balancedWeightsBalance() throws {
        let labels = (0..<1000).map { Float($0 % 7 == 0 ? 2 : $0 % 2) }
        let layout = MetricLayout(form: .sparseLabels(classes: 4))
        let column = try StoredTensor(labels.map { [$0] }, rowShape: .scalar)
        let weights = try ClassWeights.balanced.weights(
            counts: ClassWeightTable.count(column, encoding: .stored, layout: layout))
        let samples = fill(layout, weights, labels, samples: 1000)
        for label in [0, 1, 2] as [Float] {
            let sum = zip(labels, samples).reduce(0.0) { $0 + ($1.0 == label ? Double($1.1) : 0) }
            #expect(abs(sum - 1000.0 / 3) < 1e-3)
        }
        #expect(weights[3] == 1)
    }
}
