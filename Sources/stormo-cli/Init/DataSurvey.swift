import Batches
import Configuration
import Foundation
import Kernels

/// What a source of data holds, as far as a config depends on it.
struct DataSurvey {
    enum Inputs {
        /// Rows of numbers: so many features, once categories are one-hot.
        case features(Int)
        /// Images with channels on the last axis; grey ones may lack it.
        case images(height: Int, width: Int, channels: Int, hasAxis: Bool)
        /// Anything else, which is flattened.
        case arrays(Shape)
    }

    enum Targets {
        case numbers(count: Int, greatest: Double)
        /// - counts: the rows of each class, by label.
        /// - isOneHot: whether a row has a number for each class.
        case classes(names: [String]?, counts: [Int], isOneHot: Bool)
        /// Several answers of yes or no for each row.
        case answers(count: Int)
    }

    /// A column whose values are shared by rows that may belong together.
    struct Groups {
        let name: String
        /// How many different values it has.
        let count: Int
    }

    /// A decision about the data that has been taken, with its reason.
    struct Finding {
        let what: String
        let choice: String
        let reason: String
    }

    var rows: Int
    var inputs: Inputs
    var targets: Targets
    /// The targets' names, for sentences.
    var targetName: String
    /// The config's `data.train`, and the other splits that there are.
    var train: JSONNode
    var validation: JSONNode?
    var test: JSONNode?
    /// The config's `data.augment`; nil for none.
    var augment: JSONNode?
    var findings: [Finding] = []
    /// A column that seems to say whose rows these are, such as a patient; nil for none.
    var groups: Groups?
    /// What is suspicious about the data, a sentence each.
    var warnings: [String] = []
    /// What the source's own conversion has to say: columns, notes and warnings.
    var report: (() -> Void)?
}

extension DataSurvey {
    /// Notes values that may mark missing ones.
    mutating func addExtremes(of data: Dataset) throws {
        for entry in data.fields where entry.role == .input || entry.role == .target && targets.classes == nil {
            warnings += try data.extremeValues(in: entry)
        }
    }
}

extension DataSurvey.Targets {
    /// Of classes their names and counts.
    var classes: (names: [String]?, counts: [Int])? {
        if case .classes(let names, let counts, _) = self { (names, counts) } else { nil }
    }
}

extension DataSurvey.Inputs {
    init(_ shape: Shape) {
        let sizes = shape.dimensions
        switch sizes.count {
        case 0, 1: self = .features(shape.count)
        case 2 where sizes[0] >= 8 && sizes[1] >= 8:
            self = .images(height: sizes[0], width: sizes[1], channels: 1, hasAxis: false)
        case 3 where sizes[2] <= 4 && sizes[0] >= 4 && sizes[1] >= 4:
            self = .images(height: sizes[0], width: sizes[1], channels: sizes[2], hasAxis: true)
        default: self = .arrays(shape)
        }
    }
}

/// What the numbers of targets are.
struct TargetValues {
    /// Numbers of a row.
    let width: Int
    private(set) var least = Double.infinity
    private(set) var greatest = -Double.infinity
    private(set) var areWhole = true
    /// Rows by their whole number, as long as there are few; of one number a row.
    private(set) var counts: [Int: Int] = [:]
    /// Whether each row is one 1 among zeros.
    private(set) var areOneHot = true
    /// By place, where they are one-hot.
    private(set) var places: [Int]

    private static let mostCounted = 1000
    private static let mostRows = 1_000_000

    /// - Parameter data: with one field of targets.
    init(_ data: Dataset) throws {
        let head = try data.head(min(data.count, Self.mostRows))
        guard let field = head.fields(.target).first?.field, let tensor = field.tensor else {
            throw DataError("\(data.inputsPlace) comes without targets")
        }
        let width = field.rowShape.count
        self.width = width
        places = Array(repeating: 0, count: width)
        var (sum, one) = (0.0, -1)
        tensor.forEach { index, value in
            guard !value.isNaN else { return }
            least = min(least, value)
            greatest = max(greatest, value)
            let isWhole = value == value.rounded() && abs(value) < 1e9
            areWhole = areWhole && isWhole
            if width == 1 {
                if isWhole, counts.count <= Self.mostCounted { counts[Int(value), default: 0] += 1 }
                return
            }
            let column = index % width
            if column == 0 { (sum, one) = (0, -1) }
            sum += value
            if value == 1 { one = column } else if value != 0 { areOneHot = false }
            if column == width - 1 {
                if sum != 1 { areOneHot = false }
                if one >= 0 { places[one] += 1 }
            }
        }
        areOneHot = areOneHot && width > 1
    }

    /// Whether they are all 0 or 1.
    var areBits: Bool { areWhole && least >= 0 && greatest <= 1 }

    /// At most so many whole numbers are taken for classes.
    static let mostClasses = 10

    /// The rows of each class, where one whole number a row is taken for a class: two of them, or few that follow each other
    /// from 0 or 1 on, each in enough rows.
    var classes: [Int]? {
        guard width == 1, areWhole, let first = counts.keys.min(), let last = counts.keys.max(), first >= 0, last < 1000
        else { return nil }
        let rows = counts.values.reduce(0, +)
        let isRun = last - first + 1 == counts.count
        let isEnough = counts.values.allSatisfy { $0 * 100 >= rows }
        guard
            counts.count == 2 && first <= 1
                || isRun && first <= 1 && (2...Self.mostClasses).contains(counts.count) && isEnough
        else { return nil }
        return (0...last).map { counts[$0] ?? 0 }
    }
}
