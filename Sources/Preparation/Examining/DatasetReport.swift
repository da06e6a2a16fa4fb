package import Configuration
package import HDF5
internal import Kernels
package import Recipes

/// What an examination found in one dataset.
package struct DatasetReport: Sendable {
    /// A feature, or all values together.
    package struct Figures: Sendable, Hashable {
        package let minimum: Double
        package let maximum: Double
        package let mean: Double
        /// Of all values as they are, not an estimate from a sample.
        package let deviation: Double

        init?(_ summary: ValueStatistics.Summary) {
            guard summary.count > 0 else { return nil }
            minimum = summary.minimum
            maximum = summary.maximum
            mean = summary.mean
            deviation = summary.deviation
        }
    }

    /// Values that are NaN or infinite: how many, and the row of the first.
    package struct Irregular: Sendable, Hashable {
        package let count: Int
        package let firstRow: Int
    }

    /// The values of a dataset of numbers.
    package struct Values: Sendable {
        /// Nil where no value is finite.
        package internal(set) var all: Figures?
        /// For each entry of the last axis, where a row has axes and the last is not too long; otherwise empty.
        package internal(set) var features: [Figures?] = []
        package internal(set) var featureNames: [String]?
        package internal(set) var nan: Irregular?
        package internal(set) var infinite: Irregular?
        /// Places of a row that hold the same value in every row, of `places` that were looked at one by one.
        package internal(set) var constant: [Int] = []
        package internal(set) var places = 0
        /// Whether values of float64 are all values of float32.
        package internal(set) var fitsSingle = false
    }

    package let path: String
    package let shape: [Int]
    package let type: HDF5ElementType
    package let layout: HDF5Layout
    package let filters: [String]
    /// Bytes in the file.
    package let storedBytes: Int
    /// Bytes in memory, as stored; nil for what has no fixed size.
    package let memoryBytes: Int?

    /// Nil where the dataset holds no rows of numbers.
    package internal(set) var values: Values?
    package internal(set) var labels: LabelHistogram?
    package internal(set) var classNames: [String]?
    package internal(set) var duplicates: RepeatedRows?
    /// Whether rows were compared at all.
    package internal(set) var lookedForDuplicates = false
    /// What is declared of a table's columns.
    package internal(set) var recipe: Recipe?
    /// Why the values could not be examined.
    package internal(set) var failure: String?
    /// Values that stand out.
    var hints: [String] = []
    /// What to do about it, a sentence each.
    package internal(set) var advice: [String] = []

    /// Whether whole numbers, one a row, are classes rather than amounts: they have names, or follow each other from 0 or 1 on
    /// with two rows or more each, or are integers of few values.
    package var holdsClasses: Bool {
        guard let labels else { return false }
        if classNames != nil { return true }
        let (count, first) = (labels.values.count, labels.values.first ?? 0)
        let isRun = (0...1).contains(first) && labels.values.last == first + count - 1
        let isInteger = ![.float16, .float32, .float64].contains(type.memoryType)
        return isRun && 2 * count <= labels.rows || isInteger && count <= 20
    }

    /// What the only column is called; nil where it has no name, or there are several.
    package var columnName: String? {
        let names = values?.featureNames ?? recipe?.names ?? []
        return names.count == 1 ? names[0] : nil
    }

    package var name: String { path.split(separator: "/").last.map(String.init) ?? path }
    package var rows: Int { shape.first ?? 0 }

    init(_ dataset: HDF5Dataset) {
        path = dataset.path
        shape = dataset.shape
        type = dataset.elementType
        layout = dataset.layout
        filters = dataset.filters
        storedBytes = dataset.storageSize
        let (bytes, overflow) = dataset.count.multipliedReportingOverflow(by: dataset.elementType.size)
        memoryBytes = dataset.elementType.size > 0 && !overflow ? bytes : nil
    }

    /// The name of a feature: its own, or its number.
    package func featureName(_ index: Int) -> String {
        guard let names = values?.featureNames, names.indices.contains(index) else { return "\(index)" }
        return names[index]
    }

    /// What a label is called: its class's name, or the number itself.
    package func labelName(_ label: Int) -> String {
        guard let classNames, classNames.indices.contains(label) else { return "\(label)" }
        return classNames[label]
    }

    package var json: JSONNode {
        var members: [JSONNode.Member] = [
            .init(key: "path", value: JSONNode(path)), .init(key: "shape", value: JSONNode(shape.map { JSONNode($0) })),
            .init(key: "type", value: JSONNode("\(type)")), .init(key: "layout", value: JSONNode("\(layout)")),
            .init(key: "filters", value: JSONNode(filters.map { JSONNode($0) })),
            .init(key: "stored_bytes", value: JSONNode(storedBytes)),
        ]
        func add(_ key: String, _ value: JSONNode?) {
            if let value { members.append(.init(key: key, value: value)) }
        }
        func figures(_ figures: Figures) -> [JSONNode.Member] {
            [
                .init(key: "minimum", value: JSONNode(figures.minimum)),
                .init(key: "maximum", value: JSONNode(figures.maximum)),
                .init(key: "mean", value: JSONNode(figures.mean)),
                .init(key: "deviation", value: JSONNode(figures.deviation)),
            ]
        }
        func irregular(_ found: Irregular?) -> JSONNode {
            guard let found else { return ["count": 0] }
            return ["count": JSONNode(found.count), "first_row": JSONNode(found.firstRow)]
        }
        add("memory_bytes", memoryBytes.map { JSONNode($0) })
        if let values {
            add("values", values.all.map { JSONNode(.object(figures($0))) })
            add("nan", irregular(values.nan))
            add("infinite", irregular(values.infinite))
            add("constant", JSONNode(values.constant.map { JSONNode($0) }))
            if !values.features.isEmpty {
                add(
                    "features",
                    JSONNode(
                        values.features.indices.map { index in
                            JSONNode(
                                .object(
                                    [.init(key: "name", value: JSONNode(featureName(index)))]
                                        + (values.features[index].map(figures) ?? [])))
                        }))
            }
        }
        add("column", columnName.map { JSONNode($0) })
        if let labels {
            add("classes", JSONNode(holdsClasses))
            add(
                "labels",
                JSONNode(
                    zip(labels.values, labels.counts).map { value, count in
                        ["value": JSONNode(value), "name": JSONNode(labelName(value)), "count": JSONNode(count)]
                    }))
            add("sorted", JSONNode(labels.isSorted))
        }
        if lookedForDuplicates {
            add(
                "duplicate_rows",
                duplicates.map { ["count": JSONNode($0.count), "row": JSONNode($0.row), "of": JSONNode($0.of)] }
                    ?? ["count": 0])
        }
        add("failure", failure.map { JSONNode($0) })
        add("advice", JSONNode(advice.map { JSONNode($0) }))
        return JSONNode(.object(members))
    }
}
