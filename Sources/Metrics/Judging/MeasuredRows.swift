import Foundation
import Kernels
import Network

/// What an evaluation keeps of an output's rows so that its figures can be judged: what the simplest answer gets needs the
/// targets' frequencies or their mean, and an interval needs sums over groups of samples (`Bootstrap`).
///
/// A figure of a sample with several rows, or of several binary values, has intervals by groups of whole samples, since what
/// belongs to one sample hangs together.
///
/// `@unchecked Sendable`: as a `MetricSet`, it is used by one thread at a time.
package final class MeasuredRows: @unchecked Sendable {
    let layout: MetricLayout
    /// The rows that count.
    private(set) var rows = 0
    /// Of classes the number of rows of each, of binary values the number of ones.
    private(set) var supports: [Int]
    /// The sums of the targets for each class or binary value.
    private var targetSums: [Double]
    let groups: Int
    private let samples: Int
    private let width: Int
    private let comparisons: [Float]

    /// Groups × `stride`: of each group the loss, what it is divided by, the rows, those that are right; of numbers for each
    /// output the sums of absolute and squared errors, and the targets' mean and squared deviations from it; and where a sample
    /// has several rows for each class or binary value how many are of it, are predicted as it, and are both.
    private let sums: UnsafeMutableBufferPointer<Double>
    private let stride: Int
    private enum Place {
        static let loss = 0
        static let counted = 1
        static let rows = 2
        static let right = 3
        static let columns = 4
        static let ofColumn = 4
        static let ofClass = 3
    }
    private var countsClasses: Bool { layout.rowsPerSample > 1 && !layout.form.isOfValues }

    /// The targets that are numbers, in order; nil where there are too many to be kept.
    private var targets: [Float]?
    private static let mostTargets = 1 << 24
    /// Of samples that are series the last values, as many as targets; nil where they are none.
    private var lastValues: [Float]?

    /// - Parameter samples: the number of samples of the evaluation.
    package init(_ layout: MetricLayout, samples: Int) {
        self.layout = layout
        self.samples = samples
        width = layout.form.predictionWidth
        comparisons = layout.comparisons
        let perOutput = layout.form.isOfValues ? Place.ofColumn : layout.rowsPerSample > 1 ? Place.ofClass : 0
        stride = Place.columns + perOutput * width
        // Wide outputs get fewer groups, so that their sums stay within some mebibytes.
        groups = max(1, min(samples, Bootstrap.mostGroups, max(30, (1 << 18) / stride)))
        supports = Array(repeating: 0, count: layout.form.isOfValues ? 0 : width)
        targetSums = Array(repeating: 0, count: supports.count)
        sums = .allocate(capacity: groups * stride)
        sums.initialize(repeating: 0)
        let (all, overflows) = samples.multipliedReportingOverflow(by: layout.rowsPerSample * width)
        targets = layout.form.isOfValues && !overflows && all <= Self.mostTargets ? [] : nil
    }

    deinit { sums.deallocate() }

    /// Whether what is predicted for a sample is more than one answer.
    var hasSeveralAnswers: Bool {
        if layout.rowsPerSample > 1 { return true }
        if case .binary(let outputs) = layout.form { return outputs > 1 }
        return false
    }

    // MARK: - Taking in

    /// Takes in some samples.
    /// - Parameters:
    ///   - start: the place of the first among all samples.
    ///   - loss: of one of these samples, times its weight, and by how much the sum over samples is divided for it.
    package func update(
        predictions: UnsafePointer<Float>, targets: TensorPointer, start: Int, samples: Int,
        loss: (_ sample: Int) -> (sum: Double, counted: Double)
    ) {
        let perSample = layout.rowsPerSample
        for sample in 0..<samples {
            let group = Bootstrap.group(of: start + sample, among: self.samples, groups)
            let own = sums.baseAddress! + group * stride
            let part = loss(sample)
            own[Place.loss] += part.sum
            own[Place.counted] += part.counted
            for row in sample * perSample..<(sample + 1) * perSample {
                let prediction = predictions + row * width
                switch (layout.form, targets) {
                case (.sparseLabels, .int32(let labels)): addLabel(labels[row], prediction, own)
                case (.oneHot, .float32(let values)): addDistribution(values + row * width, prediction, own)
                case (.binary, .float32(let values)): addBinary(values + row * width, prediction, own)
                case (.values, .float32(let values)): addNumbers(values + row * width, prediction, own)
                default: preconditionFailure("labels are integers, other targets are floats")
                }
            }
        }
    }

    private func addLabel(_ label: Int32, _ prediction: UnsafePointer<Float>, _ own: UnsafeMutablePointer<Double>) {
        guard Int(label) != layout.ignored else { return }
        let label = classIndex(label, classes: width)
        count(label, prediction, own)
        if label >= 0 { targetSums[label] += 1 }
    }

    private func addDistribution(
        _ target: UnsafePointer<Float>, _ prediction: UnsafePointer<Float>, _ own: UnsafeMutablePointer<Double>
    ) {
        count(greatestIndex(target, width), prediction, own)
        for index in 0..<width { targetSums[index] += Double(target[index]) }
    }

    private func count(_ label: Int, _ prediction: UnsafePointer<Float>, _ own: UnsafeMutablePointer<Double>) {
        rows += 1
        own[Place.rows] += 1
        if label >= 0 { supports[label] += 1 }
        // Of one answer a sample the metric itself knows how many are right.
        guard countsClasses, label >= 0 else { return }
        let predicted = greatestIndex(prediction, width)
        if predicted == label { own[Place.right] += 1 }
        add(label, isOf: true, isPredicted: predicted == label, own)
        if predicted >= 0, predicted != label { add(predicted, isOf: false, isPredicted: true, own) }
    }

    /// Counts a row for a class or binary value, where a sample has several rows.
    @inline(__always)
    private func add(_ label: Int, isOf: Bool, isPredicted: Bool, _ own: UnsafeMutablePointer<Double>) {
        let counts = own + Place.columns + Place.ofClass * label
        if isOf { counts[0] += 1 }
        if isPredicted { counts[1] += 1 }
        if isOf, isPredicted { counts[2] += 1 }
    }

    private func addBinary(
        _ target: UnsafePointer<Float>, _ prediction: UnsafePointer<Float>, _ own: UnsafeMutablePointer<Double>
    ) {
        rows += 1
        own[Place.rows] += Double(width)
        for index in 0..<width {
            let isOne = target[index] > 0.5
            if isOne { supports[index] += 1 }
            targetSums[index] += Double(target[index])
            let isRight = isOne ? prediction[index] > comparisons[index] : prediction[index] <= comparisons[index]
            if isRight { own[Place.right] += 1 }
            if countsClasses { add(index, isOf: isOne, isPredicted: prediction[index] > comparisons[index], own) }
        }
    }

    private func addNumbers(
        _ target: UnsafePointer<Float>, _ prediction: UnsafePointer<Float>, _ own: UnsafeMutablePointer<Double>
    ) {
        rows += 1
        own[Place.rows] += 1
        for index in 0..<width {
            let (value, column) = (Double(target[index]), own + Place.columns + Place.ofColumn * index)
            let error = Double(prediction[index]) - value
            column[0] += abs(error)
            column[1] += error * error
            // Welford, "Note on a method for calculating corrected sums of squares and products", 1962.
            let difference = value - column[2]
            column[2] += difference / own[Place.rows]
            column[3] += difference * (value - column[2])
        }
        targets?.append(contentsOf: UnsafeBufferPointer(start: target, count: width))
    }

    /// Adds what `other` has seen, as if its samples had come after this one's.
    package func merge(_ other: MeasuredRows) {
        precondition(other.groups == groups && other.stride == stride, "measured rows do not match")
        rows += other.rows
        for index in supports.indices {
            supports[index] += other.supports[index]
            targetSums[index] += other.targetSums[index]
        }
        for group in 0..<groups {
            let (own, others) = (sums.baseAddress! + group * stride, other.sums.baseAddress! + group * stride)
            let (before, added) = (own[Place.rows], others[Place.rows])
            for place in 0..<(layout.form.isOfValues ? Place.columns : stride) { own[place] += others[place] }
            guard layout.form.isOfValues, added > 0 else { continue }
            for index in 0..<width {
                let column = own + Place.columns + Place.ofColumn * index
                let theirs = others + Place.columns + Place.ofColumn * index
                column[0] += theirs[0]
                column[1] += theirs[1]
                // Chan, Golub and LeVeque, as in `ErrorSums`.
                let difference = theirs[2] - column[2]
                column[3] += theirs[3] + difference * difference * before * added / (before + added)
                column[2] += difference * added / (before + added)
            }
        }
        if let others = other.targets { targets?.append(contentsOf: others) } else { targets = nil }
    }

    /// Tells the last values of the series that the samples are, which the targets go on.
    package func compare(withLast values: [Float]) {
        if let targets, targets.count == values.count { lastValues = values }
    }

    // MARK: - The simplest answer

    /// The class that most rows have, the first of several; nil where there is none.
    var commonestClass: Int? {
        guard rows > 0, let most = supports.max(), layout.form.classes != nil else { return nil }
        return supports.firstIndex(of: most)
    }

    /// The share of the rows whose class is among the `depth` commonest ones.
    func share(ofCommonest depth: Int) -> Double? {
        guard rows > 0, layout.form.classes != nil else { return nil }
        return Double(supports.sorted(by: >).prefix(depth).reduce(0, +)) / Double(rows)
    }

    /// Of binary values the share of those that are the more frequent one of their output.
    var shareOfCommonestLabels: Double? {
        guard rows > 0, case .binary = layout.form else { return nil }
        return Double(supports.reduce(0) { $0 + max($1, rows - $1) }) / Double(rows * width)
    }

    /// The confusion matrices of an answer that is always the commonest: of classes one, of binary values one each.
    var commonestMatrices: [ConfusionMatrix] {
        guard rows > 0 else { return [] }
        switch layout.form {
        case .values: return []
        case .binary:
            return supports.map { ones in
                let zeros = rows - ones
                return ConfusionMatrix(classes: 2, counts: ones > zeros ? [0, zeros, 0, ones] : [zeros, 0, ones, 0])
            }
        case .sparseLabels, .oneHot:
            guard let commonest = commonestClass else { return [] }
            var counts = Array(repeating: 0, count: width * width)
            for label in 0..<width { counts[label * width + commonest] = supports[label] }
            return [ConfusionMatrix(classes: width, counts: counts)]
        }
    }

    /// The loss of the same answer for all rows: of classes and binary values their shares, of numbers their mean.
    /// - Returns: nil where the loss says nothing of single errors, or the targets were too many to be kept.
    package func lossOfSimplest(_ output: Objective.Output) -> MeasuredFigure.Baseline? {
        guard rows > 0 else { return nil }
        func entropy(_ share: Double) -> Double { share > 0 ? -share * log(share) : 0 }
        let count = Double(rows)
        switch layout.form {
        case .sparseLabels, .oneHot:
            guard output.loss.activation == .softmax else { return nil }
            return .init(.shares, targetSums.reduce(0) { $0 + entropy($1 / count) })
        case .binary:
            guard output.loss.activation == .sigmoid else { return nil }
            let sum = targetSums.reduce(0) { $0 + entropy($1 / count) + entropy(1 - $1 / count) }
            return .init(.shares, sum / Double(width))
        case .values:
            let means = totals(nil).columns.map(\.mean)
            let scales = output.targetScale?.scale ?? [1]
            // A scale of its own for each of several rows of a sample.
            guard let targets, scales.count == 1 || scales.count == width else { return nil }
            func loss(_ answer: (Int) -> Double) -> Double? {
                var sum = 0.0
                for (index, target) in targets.enumerated() {
                    let scale = scales[scales.count == 1 ? 0 : index % width]
                    guard let part = output.loss.value(ofError: (answer(index) - Double(target)) * scale) else {
                        return nil
                    }
                    sum += part
                }
                return sum / Double(targets.count)
            }
            return better(
                loss { means[$0 % width] }, lastValues.flatMap { last in loss { Double(last[$0]) } })
        }
    }

    /// The lesser error: that of the mean, or of the last value.
    private func better(_ mean: Double?, _ last: Double?) -> MeasuredFigure.Baseline? {
        if let last, last < mean ?? .infinity { return .init(.lastValue, last) }
        return mean.map { .init(.mean, $0) }
    }

    /// The mean absolute error; nil where the targets were too many to be kept.
    var absoluteError: MeasuredFigure.Baseline? {
        guard let targets, !targets.isEmpty else { return nil }
        let means = totals(nil).columns.map(\.mean)
        func error(_ answer: (Int) -> Double) -> Double {
            targets.indices.reduce(0) { $0 + abs(Double(targets[$1]) - answer($1)) } / Double(targets.count)
        }
        return better(error { means[$0 % width] }, lastValues.map { last in error { Double(last[$0]) } })
    }

    /// Of each output the squared errors of the last value; nil where there is none.
    private var squaresOfLast: [Double]? {
        guard let targets, let lastValues else { return nil }
        var sums = Array(repeating: 0.0, count: width)
        for index in targets.indices {
            let error = Double(targets[index]) - Double(lastValues[index])
            sums[index % width] += error * error
        }
        return sums
    }

    /// The root mean squared error.
    var squaredError: MeasuredFigure.Baseline? {
        guard layout.form.isOfValues, rows > 0 else { return nil }
        func root(_ sums: [Double]) -> Double { (sums.reduce(0, +) / Double(rows * width)).squareRoot() }
        return better(root(totals(nil).columns.map(\.deviation)), squaresOfLast.map(root))
    }

    /// R²: 0 for the mean, by its definition.
    var r2: MeasuredFigure.Baseline? {
        guard layout.form.isOfValues, rows > 1 else { return nil }
        let deviations = totals(nil).columns.map(\.deviation)
        let last = squaresOfLast.map { squares in
            zip(squares, deviations).reduce(0) { $0 + ($1.1 > 0 ? 1 - $1.0 / $1.1 : $1.0 == 0 ? 1 : 0) } / Double(width)
        }
        if let last, last > 0 { return .init(.lastValue, last) }
        return .init(.mean, 0)
    }

    // MARK: - Intervals

    struct Totals {
        var rows = 0.0
        var right = 0.0
        var columns: [(absolute: Double, squared: Double, mean: Double, deviation: Double)] = []
    }

    /// The sums over all groups, each taken so many times.
    private func totals(_ counts: UnsafeBufferPointer<Int32>?) -> Totals {
        var totals = Totals()
        let base = sums.baseAddress!
        func times(_ group: Int) -> Double { counts.map { Double($0[group]) } ?? 1 }
        for group in 0..<groups {
            totals.rows += times(group) * base[group * stride + Place.rows]
            totals.right += times(group) * base[group * stride + Place.right]
        }
        guard layout.form.isOfValues else { return totals }
        for index in 0..<width {
            let place = Place.columns + Place.ofColumn * index
            var column = (absolute: 0.0, squared: 0.0, mean: 0.0, deviation: 0.0)
            for group in 0..<groups {
                let (own, times) = (base + group * stride, times(group))
                column.absolute += times * own[place]
                column.squared += times * own[place + 1]
                column.mean += times * own[Place.rows] * own[place + 2]
            }
            column.mean /= totals.rows
            for group in 0..<groups {
                let (own, times) = (base + group * stride, times(group))
                let difference = own[place + 2] - column.mean
                column.deviation += times * (own[place + 3] + own[Place.rows] * difference * difference)
            }
            totals.columns.append(column)
        }
        return totals
    }

    /// A figure's interval by the bootstrap.
    func bootstrap(_ figure: (Totals) -> Double) -> ConfidenceInterval? {
        Bootstrap.interval(groups: groups) { figure(totals($0)) }
    }

    /// The interval of a model's loss, Σ weight · (Σ loss / Σ counted samples) over its outputs.
    package static func lossInterval(_ outputs: [(rows: MeasuredRows, weight: Double)]) -> ConfidenceInterval? {
        guard let first = outputs.first?.rows, outputs.allSatisfy({ $0.rows.samples == first.samples }) else {
            return nil
        }
        // Of outputs of different width the groups may differ.
        guard outputs.allSatisfy({ $0.rows.groups == first.groups }) else { return nil }
        return Bootstrap.interval(groups: first.groups) { counts in
            outputs.reduce(0) { sum, output in
                let (own, base) = (output.rows, output.rows.sums.baseAddress!)
                var (loss, counted) = (0.0, 0.0)
                for group in 0..<own.groups where counts[group] > 0 {
                    loss += Double(counts[group]) * base[group * own.stride + Place.loss]
                    counted += Double(counts[group]) * base[group * own.stride + Place.counted]
                }
                return sum + output.weight * loss / counted
            }
        }
    }
}

// MARK: - By confusion matrices

extension MeasuredRows {
    /// What the commonest answer gets of a figure of a confusion matrix.
    /// - Parameters:
    ///   - macro: the mean over classes.
    ///   - figure: of the positive class of a binary value, of which the mean over outputs is taken.
    func baseline(
        macro: (ConfusionMatrix) -> Double, _ figure: (ConfusionMatrix) -> Double
    ) -> MeasuredFigure.Baseline? {
        let matrices = commonestMatrices
        guard !matrices.isEmpty else { return nil }
        guard case .binary = layout.form else { return .init(.commonestClass, macro(matrices[0])) }
        return .init(
            matrices.count > 1 ? .commonestLabels : .commonestClass,
            matrices.reduce(0) { $0 + figure($1) } / Double(matrices.count))
    }

    /// The interval of a figure that is the mean over classes or binary outputs: of classes, which share no row that the
    /// figure counts, that of independent figures, and of outputs, which may hang together, that of any. Where a sample has
    /// several rows, which hang together, it is the bootstrap's over groups of samples.
    /// - Parameters:
    ///   - factor: by which that over classes is wider.
    ///   - figure: of a class.
    ///   - interval: of that.
    func interval(
        _ counts: MetricCounts, factor: Double, _ figure: (ConfusionMatrix, Int) -> Double,
        _ interval: (ConfusionMatrix, Int) -> ConfidenceInterval
    ) -> ConfidenceInterval? {
        guard rows > 0 else { return nil }
        if countsClasses { return Bootstrap.interval(groups: groups) { mean($0) { figure($0, 1) } } }
        if case .binary(let outputs) = layout.form, let binary = counts.binary {
            return .mean(ofAny: (0..<outputs).map { interval(binary.confusion(of: $0), 1) })
        }
        guard let matrix = counts.confusion else { return nil }
        let occurring = (0..<matrix.classes).filter(matrix.occurs)
        return .mean(ofIndependent: occurring.map { (figure(matrix, $0), interval(matrix, $0)) }, factor: factor)
    }

    /// The mean of a figure over the classes that occur, or over all binary values, where a sample has several rows.
    /// - Parameters:
    ///   - counts: how often each group is taken; nil for once.
    ///   - figure: of a class against all others, which is class 1 of the matrix.
    func mean(_ counts: UnsafeBufferPointer<Int32>?, _ figure: (ConfusionMatrix) -> Double) -> Double {
        let base = sums.baseAddress!
        var rows = 0.0
        var totals = Array(repeating: 0.0, count: Place.ofClass * width)
        for group in 0..<groups {
            let times = counts.map { Double($0[group]) } ?? 1
            guard times > 0 else { continue }
            let own = base + group * stride
            rows += times * own[Place.rows]
            for place in totals.indices { totals[place] += times * own[Place.columns + place] }
        }
        var isBinary = false
        if case .binary(let outputs) = layout.form {
            isBinary = true
            // Rows are counted for each of them.
            rows /= Double(outputs)
        }
        var (sum, number) = (0.0, 0)
        for label in 0..<width {
            let own = totals[Place.ofClass * label..<Place.ofClass * (label + 1)].map { Int($0) }
            guard isBinary || own[0] + own[1] > 0 else { continue }
            let (missed, mistaken) = (own[0] - own[2], own[1] - own[2])
            sum += figure(
                ConfusionMatrix(classes: 2, counts: [Int(rows) - own[0] - mistaken, mistaken, missed, own[2]]))
            number += 1
        }
        return sum / Double(number)
    }
}
